//! Tables as workbooks.

use std::collections::BTreeMap;
use std::io::{BufReader, Cursor, Read, copy, sink};

use calamine::{Data, DataRef, Reader, Xlsx};
use jiff::civil::Date;
use quick_xml::events::Event;
use rust_xlsxwriter::{DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook};

use crate::catalog::table::cells::{effect, objective, sheet};
use crate::catalog::table::column::Column;
use crate::catalog::table::mistake::{Mistakes, TableMistake};
use crate::catalog::table::sheet::{Limits, Meter, Sheet};
use crate::model::{Effect, Language, Objective, Revision, Vocabulary};

/// The sheets that are taken where a workbook has several.
const NAMES: [&str; 2] = ["entries", "条目"];
/// A workbook of a spreadsheet has a dozen or two.
const FILES: usize = 1_000;
/// As many texts as the largest table has cells.
const TEXTS: u64 = 10_000_000;

/// Writes the entries of a revision. `today` is said to be the day on which
/// the workbook was made.
pub fn write_xlsx(
    revision: &Revision,
    vocabulary: &Vocabulary,
    today: Date,
    language: Language,
) -> Result<Vec<u8>, rust_xlsxwriter::XlsxError> {
    let table = sheet(revision, vocabulary, language);
    let mut workbook = made_on(today)?;
    let worksheet = workbook.add_worksheet();
    worksheet.set_name(table.name.unwrap_or_default())?;
    let (heading, text) = formats();
    let last = u32::try_from(table.rows.len()).unwrap_or(u32::MAX);
    for (index, column) in (0..).zip(Column::written()) {
        worksheet.set_column_width(index, width(column))?.set_column_format(index, &text)?;
        let words: Vec<&str> = if column == Column::Effect {
            effects().iter().map(|it| effect(it, language)).collect()
        } else if column == Column::Objective {
            Objective::ALL.iter().map(|it| objective(*it, language)).collect()
        } else {
            continue;
        };
        let choice = DataValidation::new().allow_list_strings(&words)?;
        // Rows that are still to come have it too.
        worksheet.add_data_validation(1, index, last.saturating_add(1_000), index, &choice)?;
    }
    for (number, cells) in (0..).zip(table.rows.iter().map(|(_, it)| it)) {
        for (index, cell) in (0..).zip(cells).filter(|(_, it)| !it.is_empty()) {
            worksheet.write_string_with_format(number, index, cell, if number == 0 { &heading } else { &text })?;
        }
    }
    // The headings and the ids stay in sight.
    worksheet.set_freeze_panes(1, 2)?;
    workbook.save_to_buffer()
}

/// Writes rows, of which the first holds the headings, as a sheet with a width
/// for each column.
pub(crate) fn write_sheet(
    name: &str,
    rows: &[Vec<String>],
    widths: &[f64],
    today: Date,
) -> Result<Vec<u8>, rust_xlsxwriter::XlsxError> {
    let mut workbook = made_on(today)?;
    let worksheet = workbook.add_worksheet();
    worksheet.set_name(name)?;
    let (heading, text) = formats();
    for (index, width) in (0..).zip(widths) {
        worksheet.set_column_width(index, *width)?.set_column_format(index, &text)?;
    }
    for (number, cells) in (0..).zip(rows) {
        for (index, cell) in (0..).zip(cells).filter(|(_, it)| !it.is_empty()) {
            worksheet.write_string_with_format(number, index, cell, if number == 0 { &heading } else { &text })?;
        }
    }
    worksheet.set_freeze_panes(1, 0)?;
    workbook.save_to_buffer()
}

/// Makes a workbook that says on which day it was made, so that the same day
/// gives the same bytes.
fn made_on(today: Date) -> Result<Workbook, rust_xlsxwriter::XlsxError> {
    let mut workbook = Workbook::new();
    let day = |it: i8| u8::try_from(it).unwrap_or(1);
    let made =
        ExcelDateTime::from_ymd(u16::try_from(today.year()).unwrap_or(1900), day(today.month()), day(today.day()))?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    Ok(workbook)
}

/// Returns the formats of headings and of cells: as text, so that no number,
/// date or formula is made of it.
fn formats() -> (Format, Format) {
    let text = Format::new().set_num_format("@").set_text_wrap().set_align(FormatAlign::Top);
    (Format::new().set_bold().set_num_format("@"), text)
}

fn effects() -> [Effect; 4] {
    [Effect::Prohibited, Effect::Conditional(Vec::new()), Effect::Undetermined, Effect::Notice]
}

fn width(column: Column) -> f64 {
    match column {
        Column::Number => 6.0,
        Column::Effect | Column::Objective | Column::Combine => 14.0,
        Column::Sector | Column::Subcategory | Column::Except | Column::To => 18.0,
        Column::Exemptions | Column::Duties | Column::Notes => 20.0,
        Column::Id | Column::Category | Column::When | Column::Requires | Column::Cite | Column::Threshold => 28.0,
        Column::NoteEn | Column::NoteZh => 60.0,
    }
}

/// Reads a table: the sheet that is named, the only one, or the one called
/// `entries`.
pub fn read_xlsx(bytes: &[u8], named: Option<&str>, limits: Limits) -> Result<Sheet, Mistakes> {
    weigh(bytes, limits)?;
    let unreadable = |it: calamine::XlsxError| TableMistake::new(format!("the workbook cannot be read: {it}"));
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let name = choose(&workbook.sheet_names(), named)?;
    let mut meter = Meter::new(limits);
    let mut cells: BTreeMap<u32, BTreeMap<u32, String>> = BTreeMap::new();
    let mut reader = workbook.worksheet_cells_reader(&name).map_err(unreadable)?;
    // Cell by cell: a sheet claims sizes, and only what stands there is kept.
    while let Some(cell) = reader.next_cell().map_err(unreadable)? {
        let (row, column) = cell.get_position();
        let place = |it: TableMistake| {
            it.sheet(Some(&name))
                .row(row.saturating_add(1))
                .column(usize::try_from(column).unwrap_or(usize::MAX - 1), "")
        };
        let text = match cell.get_value() {
            DataRef::Empty => continue,
            DataRef::SharedString(text) => (*text).to_owned(),
            DataRef::String(text) => text.clone(),
            DataRef::Error(error) => {
                let mistake = TableMistake::new(format!("the cell holds the error `{error}`"));
                return Err(place(mistake.help("mend the formula, or put the text itself there")).into());
            }
            // A number or a date, as it is written without its format.
            it @ (DataRef::Int(_) | DataRef::Float(_) | DataRef::Bool(_)) => Data::from(it.clone()).to_string(),
            it @ (DataRef::DateTime(_) | DataRef::DateTimeIso(_) | DataRef::DurationIso(_)) => {
                Data::from(it.clone()).to_string()
            }
        };
        if text.is_empty() {
            continue;
        }
        meter.cell(row, column, &text).map_err(|(message, help)| place(TableMistake::new(message).help(help)))?;
        cells.entry(row).or_default().insert(column, text);
    }
    drop(reader);
    let merged = workbook.merge_cells_by_sheet_name(&name).map_err(unreadable)?;
    for region in merged {
        let ((first, column), (last, until)) = (region.start, region.end);
        // A title across columns says nothing of entries.
        if column != until {
            continue;
        }
        let Some(text) = cells.get(&first).and_then(|it| it.get(&column)).cloned() else { continue };
        for (row, cells) in
            cells.range_mut((std::ops::Bound::Excluded(first), std::ops::Bound::Included(last.max(first))))
        {
            meter.cell(*row, column, &text).map_err(|(message, help)| {
                TableMistake::new(message).help(help).sheet(Some(&name)).row(row.saturating_add(1))
            })?;
            cells.entry(column).or_insert_with(|| text.clone());
        }
    }
    Ok(Sheet { name: Some(name), rows: cells.into_iter().filter_map(line).collect() })
}

/// Returns a row with all its cells, from the first column on.
fn line((row, cells): (u32, BTreeMap<u32, String>)) -> Option<(u32, Vec<String>)> {
    let mut line = vec![String::new(); usize::try_from(*cells.keys().last()?).ok()? + 1];
    let is_blank = cells.values().all(|it| it.trim().is_empty());
    for (column, text) in cells {
        if let Some(cell) = line.get_mut(usize::try_from(column).ok()?) {
            *cell = text;
        }
    }
    (!is_blank).then_some((row + 1, line))
}

/// Unpacks the whole workbook into nothing, and counts: what its table of
/// contents says of sizes is a claim.
fn weigh(bytes: &[u8], limits: Limits) -> Result<(), Mistakes> {
    if limits.file < bytes.len() as u64 {
        let message = format!("the file is larger than {} MB", limits.file >> 20);
        return Err(TableMistake::new(message).help("take out what is not entries").into());
    }
    let not_one = |_| {
        let mistake = TableMistake::new("the file is no workbook");
        Mistakes::from(mistake.help("save it as `Excel workbook (.xlsx)`, without a password, or as `CSV UTF-8`"))
    };
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(not_one)?;
    if FILES < archive.len() {
        return Err(TableMistake::new(format!("the workbook holds more than {FILES} files")).into());
    }
    let mut left = limits.unpacked;
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(not_one)?;
        let read = copy(&mut file.take(left.saturating_add(1)), &mut sink());
        let read = read.map_err(|it| TableMistake::new(format!("the workbook cannot be unpacked: {it}")))?;
        left = left.checked_sub(read).ok_or_else(|| {
            let message = format!("the workbook unpacks to more than {} MB", limits.unpacked >> 20);
            TableMistake::new(message).help("take out pictures and sheets that are not entries")
        })?;
    }
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(not_one)?;
        if file.name().is_ok_and(|it| it.to_lowercase().ends_with("sharedstrings.xml")) {
            weigh_texts(file)?;
        }
    }
    Ok(())
}

/// Refuses more texts than a table has cells: room is made for as many as the
/// file says, before the first one is read.
fn weigh_texts(file: impl Read) -> Result<(), Mistakes> {
    let mut xml = quick_xml::Reader::from_reader(BufReader::new(file));
    xml.config_mut().check_end_names = false;
    let mut buffer = Vec::new();
    loop {
        // Which of its attributes is read as that number is another's to say: none
        // of them has a larger one.
        let is_borne = match xml.read_event_into(&mut buffer) {
            Ok(Event::Start(it) | Event::Empty(it)) if it.local_name().as_ref() == "sst" => {
                let mut numbers =
                    it.attributes_raw().split(|it: char| !it.is_ascii_digit()).filter(|it| !it.is_empty());
                numbers.all(|it| it.parse::<u64>().is_ok_and(|it| it <= TEXTS))
            }
            // What cannot be read is said by whoever reads on.
            Ok(Event::Eof) | Err(_) => return Ok(()),
            Ok(_) => {
                buffer.clear();
                continue;
            }
        };
        let mistake = || TableMistake::new(format!("the workbook says that it holds more than {TEXTS} texts"));
        return if is_borne { Ok(()) } else { Err(mistake().help("save it anew in a spreadsheet").into()) };
    }
}

fn choose(sheets: &[String], named: Option<&str>) -> Result<String, Mistakes> {
    let all: Vec<_> = sheets.iter().map(|it| format!("`{it}`")).collect();
    let all = format!("its sheets are {}", all.join(", "));
    match (named, sheets) {
        (Some(named), _) => {
            let found = sheets.iter().find(|it| *it == named).cloned();
            found.ok_or_else(|| TableMistake::new(format!("the workbook has no sheet `{named}`")).help(all).into())
        }
        (None, [only]) => Ok(only.clone()),
        (None, several) => {
            let found = several.iter().find(|it| NAMES.contains(&it.to_lowercase().as_str())).cloned();
            found.ok_or_else(|| {
                let mistake =
                    TableMistake::new("the workbook has several sheets, and none is called `entries` or `条目`");
                mistake.help(format!("say which with `--sheet`; {all}")).into()
            })
        }
    }
}
