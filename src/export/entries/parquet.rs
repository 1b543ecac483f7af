//! Rows of text as Parquet: one group of rows, days as days, all other cells
//! as text, and null where a cell is empty.

use std::sync::Arc;

use jiff::civil::Date;
use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, Int32Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use crate::export::entries::column::{COLUMNS, Column};

/// Days are counted from this one.
const FIRST: Date = Date::constant(1970, 1, 1);

/// Writes rows under headings.
pub(super) fn write(headings: &[String], rows: &[Vec<String>]) -> Result<Vec<u8>, ParquetError> {
    let fields = headings.iter().zip(COLUMNS).map(|(heading, column)| field(heading, column));
    let fields = fields.collect::<Result<_, _>>()?;
    let schema = Arc::new(Type::group_type_builder("entries").with_fields(fields).build()?);
    // The same rows give the same bytes, whoever writes them.
    let properties = Arc::new(WriterProperties::builder().set_created_by("neglist".to_owned()).build());
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, properties)?;
    let mut group = writer.next_row_group()?;
    for (index, column) in COLUMNS.iter().enumerate() {
        let cells: Vec<_> = rows.iter().filter_map(|row| row.get(index)).map(String::as_str).collect();
        let is_there: Vec<i16> = cells.iter().map(|it| i16::from(!it.is_empty())).collect();
        let said = cells.into_iter().filter(|it| !it.is_empty());
        let mut out = group.next_column()?.ok_or_else(|| ParquetError::General("a column is missing".to_owned()))?;
        if column.is_day() {
            let days = said.map(day).collect::<Result<Vec<_>, _>>()?;
            out.typed::<Int32Type>().write_batch(&days, Some(&is_there), None)?;
        } else {
            let texts: Vec<_> = said.map(ByteArray::from).collect();
            out.typed::<ByteArrayType>().write_batch(&texts, Some(&is_there), None)?;
        }
        out.close()?;
    }
    group.close()?;
    writer.close()?;
    Ok(bytes)
}

fn field(heading: &str, column: Column) -> Result<Arc<Type>, ParquetError> {
    let (physical, logical) = if column.is_day() {
        (Physical::INT32, LogicalType::Date)
    } else {
        (Physical::BYTE_ARRAY, LogicalType::String)
    };
    let field = Type::primitive_type_builder(heading, physical)
        .with_logical_type(Some(logical))
        .with_repetition(Repetition::OPTIONAL);
    Ok(Arc::new(field.build()?))
}

fn day(cell: &str) -> Result<i32, ParquetError> {
    let date: Date = cell.parse().map_err(|it: jiff::Error| ParquetError::External(Box::new(it)))?;
    Ok((date - FIRST).get_days())
}
