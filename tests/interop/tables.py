"""Reads a table of entries back from CSV, from a workbook and from Parquet, by
readers that are not ours, and says whether all three hold the same rows.
"""

import csv
import datetime
import sys

import openpyxl
import pyarrow.parquet

DAYS = {"published", "effective", "until", "checked"}


def of_csv(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return [[cell.removeprefix("'") for cell in row] for row in csv.reader(file)]


def of_workbook(path):
    sheet = openpyxl.load_workbook(path, read_only=True)["entries"]
    rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert all(isinstance(cell, str) for row in rows for cell in row), "a cell is no text"
    return rows


def of_parquet(path):
    table = pyarrow.parquet.read_table(path)
    for name, kind in zip(table.schema.names, table.schema.types):
        assert str(kind) == ("date32[day]" if name in DAYS else "string"), f"{name} is {kind}"
    columns = [[said(cell) for cell in column.to_pylist()] for column in table.columns]
    return [table.schema.names, *map(list, zip(*columns))]


def said(cell):
    if cell is None:
        return ""
    return cell.isoformat() if isinstance(cell, datetime.date) else cell


def main(paths):
    tables = [read(path) for read, path in zip([of_csv, of_workbook, of_parquet], paths)]
    for path, table in zip(paths[1:], tables[1:]):
        if table != tables[0]:
            differing = [it for it in zip(tables[0], table) if it[0] != it[1]][:3]
            print(f"{path}: {len(table)} rows, not the {len(tables[0])} of {paths[0]}: {differing}")
            return 1
    print(f"{len(tables[0]) - 1} rows are the same")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
