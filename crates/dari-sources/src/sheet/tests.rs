use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryArray, Float64Array, Int32Array, ListArray, RecordBatch, StringArray};
use arrow::datatypes::Int32Type;
use parquet::arrow::ArrowWriter;
use proptest::prelude::*;

use super::*;
use crate::testing::{damaged, file, gzip};

static LAYOUT: Layout = Layout { what: "things", required: &["a"], columns: &["a", "b", "c"] };

type Found = Vec<(u64, Result<[String; 3], String>)>;

fn rows(bytes: &[u8]) -> Result<Found, Error> {
    let (_path, file) = file(bytes);
    let mut found = Vec::new();
    Sheet::open(&file, &LAYOUT)?.rows(&mut |record, row| {
        let values = row.map(|row| ["a", "b", "c"].map(|column| row.get(column).unwrap_or("-").to_owned()));
        found.push((record, values));
        Ok(())
    })?;
    Ok(found)
}

fn whole(values: [&str; 3]) -> Result<[String; 3], String> {
    Ok(values.map(str::to_owned))
}

pub(crate) fn parquet(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

#[test]
fn csv_by_name_with_any_separator() {
    let expected = vec![(1, whole(["1", "-", "x, \"y\"\nz"])), (2, whole(["2", "3", "-"]))];
    for separator in [",", ";", "\t"] {
        let csv = "\u{feff}C,other,A ,b\r\n\"x, \"\"y\"\"\nz\",,1,\r\n\r\n ,o,2,3"
            .replace("x, ", "x~ ")
            .replace(',', separator)
            .replace("x~ ", "x, ");
        assert_eq!(rows(csv.as_bytes()).unwrap(), expected);
        assert_eq!(rows(&gzip(csv.as_bytes())).unwrap(), expected);
    }
}

#[test]
fn csv_rows_that_are_damaged() {
    let found = rows(b"a,b\n1,2\n1\n\xff,2\n\xc3,\xa9\n3,4\n5,\"x\n").unwrap();
    assert_eq!(found[0], (1, whole(["1", "2", "-"])));
    assert_eq!(found[4], (5, whole(["3", "4", "-"])));
    let reasons: Vec<_> = found.iter().filter_map(|(record, row)| Some((*record, row.as_ref().err()?.as_str()))).collect();
    let utf8 = "not valid UTF-8; save the file as UTF-8";
    assert_eq!(
        reasons,
        [(2, "expected 2 fields as in the header, found 1"), (3, utf8), (4, utf8), (6, "the file ends within quotation marks")]
    );
}

#[test]
fn csv_in_a_gzip_that_breaks_off() {
    let mut csv = String::from("a,b\n");
    (0..20_000).for_each(|row| csv.push_str(&format!("{row},{}\n", row * 7919 % 10_007)));
    let packed = gzip(csv.as_bytes());
    let found = rows(&packed[..packed.len() / 2]).unwrap();
    let (last, before) = found.split_last().unwrap();
    assert!(before.len() > 1000 && before.iter().all(|(_, row)| row.is_ok()));
    assert!(matches!(&last.1, Err(reason) if reason.contains("ends early")), "{last:?}");
}

#[test]
fn a_huge_field_is_passed_over() {
    let mut csv = b"a,b\n1,2\n\"".to_vec();
    csv.resize(csv.len() + crate::collector::MAX_RECORD_BYTES + 10, b'x');
    csv.extend(b"\",2\n3,4\n");
    let found = rows(&csv).unwrap();
    assert_eq!((found.len(), &found[2]), (3, &(3, whole(["3", "4", "-"]))));
    assert!(matches!(&found[1].1, Err(reason) if reason.contains("larger than")));
}

#[test]
fn a_row_of_very_many_fields_is_passed_over() {
    let csv = format!("a,b\n{}\n3,4\n", ",".repeat(1 << 20));
    let found = rows(csv.as_bytes()).unwrap();
    assert_eq!((found.len(), &found[1]), (2, &(2, whole(["3", "4", "-"]))));
    assert!(found[0].1.is_err());
}

#[test]
fn parquet_as_text() {
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("c", Arc::new(Float64Array::from(vec![Some(17.0), None, Some(0.5)]))),
        ("unused", Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(vec![None::<Vec<Option<i32>>>; 3]))),
        ("a", Arc::new(StringArray::from(vec![Some(" x "), Some(""), None]))),
        ("b", Arc::new(BinaryArray::from(vec![Some(b"y".as_slice()), Some(b"\xff"), None]))),
    ];
    let bytes = parquet(columns);
    let found = rows(&bytes).unwrap();
    assert_eq!(found, [(1, whole(["x", "y", "17.0"])), (2, Err("b: not valid UTF-8".to_owned())), (3, whole(["-", "-", "0.5"]))]);
    assert_eq!(rows(&gzip(&bytes)).unwrap(), found);
    let list: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1)])]));
    assert!(matches!(rows(&parquet(vec![("a", list)])), Err(Error::Format { found, .. }) if found.contains("a column a of List")));
    assert!(matches!(rows(&bytes[..bytes.len() - 9]), Err(Error::Format { .. })));
}

#[test]
fn csv_and_parquet_have_one_hash() {
    let hashes = |bytes: &[u8]| {
        let (_path, file) = file(bytes);
        let mut hashes = Vec::new();
        let outcome = Sheet::open(&file, &LAYOUT).and_then(|sheet| {
            sheet.rows(&mut |_, row| {
                hashes.push(row.unwrap().hash());
                Ok(())
            })
        });
        assert!(outcome.is_ok());
        hashes
    };
    let columns: Vec<(&str, ArrayRef)> =
        vec![("b", Arc::new(Int32Array::from(vec![Some(1), None]))), ("a", Arc::new(StringArray::from(vec!["x", "1"])))];
    let found = hashes(&parquet(columns));
    assert_eq!(found, hashes(b"a,b,z\nx,1,7\n1,,8\n"));
    assert_ne!(found[0], found[1]);
}

proptest! {
    #[test]
    fn any_bytes_are_safe(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = rows(&[b"a,b\n", bytes.as_slice()].concat());
        let _ = rows(&bytes);
    }

    #[test]
    fn what_is_written_is_read(values in prop::collection::vec("[a-z\",;\n]{1,5}", 3..9)) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["a", "b", "c"]).unwrap();
        for row in values.chunks_exact(3) {
            writer.write_record(row).unwrap();
        }
        let found = rows(&writer.into_inner().unwrap()).unwrap();
        let shown = |text: &String| Some(text.trim()).filter(|text| !text.is_empty()).unwrap_or("-").to_owned();
        let expected: Vec<_> = (1..).zip(values.chunks_exact(3)).map(|(at, row)| (at, Ok([shown(&row[0]), shown(&row[1]), shown(&row[2])]))).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn no_damaged_parquet_panics(at in 0usize..900, byte: u8, how: u8) {
        let columns: Vec<(&str, ArrayRef)> =
            vec![("a", Arc::new(StringArray::from(vec!["x", "yy", "x"]))), ("b", Arc::new(Int32Array::from(vec![1, 2, 3])))];
        let _ = rows(&damaged(&parquet(columns), at, byte, how));
    }
}
