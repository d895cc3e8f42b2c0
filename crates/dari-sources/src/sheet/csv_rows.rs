//! Rows of CSV: RFC 4180 with comma, semicolon or tab, each record of bounded size.

use std::io::{self, BufRead};

use csv_core::ReadRecordResult;

use super::{Each, Failure, Layout, Row};
use crate::collector::{MAX_RECORD_BYTES, damage};

const MAX_FIELDS: usize = 1 << 14;

/// CSV behind its header.
pub(super) struct CsvRows {
    content: Box<dyn BufRead + Send>,
    core: csv_core::Reader,
    output: Vec<u8>,
    ends: Vec<usize>,
    width: usize,
}

enum Next {
    /// A record with this many fields.
    Record(usize),
    /// A record that is not kept, and why.
    Bad(String),
    End,
}

impl CsvRows {
    /// Reads the header; the inner error says why there is none.
    pub(super) fn open(mut content: Box<dyn BufRead + Send>) -> io::Result<(Result<Vec<String>, String>, CsvRows)> {
        if content.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
            content.consume(3);
        }
        let delimiter = delimiter(content.fill_buf()?);
        let core = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
        let mut rows = CsvRows { content, core, output: vec![0; 1 << 12], ends: vec![0; 64], width: 0 };
        let header = match rows.next()? {
            Next::Record(width) => {
                rows.width = width;
                rows.fields(width).map(|fields| fields.into_iter().map(str::to_owned).collect())
            }
            Next::Bad(reason) => Err(reason),
            Next::End => Err("an empty file".to_owned()),
        };
        Ok((header, rows))
    }

    pub(super) fn each(self, layout: &'static Layout, places: &[Option<usize>], each: Each<'_>) -> Result<(), Failure> {
        self.each_whole(&mut |record, fields| {
            let row = fields.map(|fields| {
                let value = |place: &Option<usize>| fields.get((*place)?).map(|text| text.trim()).filter(|text| !text.is_empty());
                Row { layout, values: places.iter().map(value).collect() }
            });
            each(record, row)
        })
    }

    /// Calls `each` with the number of every record (from 1, without the header) and its fields as they stand, or why it cannot be read.
    pub(super) fn each_whole(mut self, each: super::EachWhole<'_>) -> Result<(), Failure> {
        for record in 1.. {
            match self.next() {
                Ok(Next::End) => break,
                Ok(Next::Bad(reason)) => each(record, Err(reason))?,
                Ok(Next::Record(width)) if width != self.width => {
                    each(record, Err(format!("expected {} fields as in the header, found {width}", self.width)))?;
                }
                Ok(Next::Record(width)) => match self.fields(width) {
                    Ok(fields) => each(record, Ok(&fields))?,
                    Err(reason) => each(record, Err(reason))?,
                },
                Err(error) => {
                    each(record, Err(damage(error).map_err(Failure::Read)?))?;
                    break;
                }
            }
        }
        Ok(())
    }

    fn fields(&self, width: usize) -> Result<Vec<&str>, String> {
        let invalid = || "not valid UTF-8; save the file as UTF-8".to_owned();
        let ends = &self.ends[..width];
        let text = std::str::from_utf8(&self.output[..ends.last().copied().unwrap_or(0)]).map_err(|_| invalid())?;
        let starts = std::iter::once(0).chain(ends.iter().copied());
        // Two halves of a character on either side of a separator look valid together: `get` finds them out.
        starts.zip(ends).map(|(start, end)| text.get(start..*end).ok_or_else(invalid)).collect()
    }

    fn next(&mut self) -> io::Result<Next> {
        let (mut written, mut width, mut quotes, mut bad) = (0, 0, 0, None);
        loop {
            let input = match self.content.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                input => input?,
            };
            let at_end = input.is_empty();
            let (result, taken, out, ends) = self.core.read_record(input, &mut self.output[written..], &mut self.ends[width..]);
            quotes += memchr::memchr_iter(b'"', &input[..taken]).count();
            self.content.consume(taken);
            written += out;
            width += ends;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.output.len() < MAX_RECORD_BYTES => self.output.resize(self.output.len() * 2, 0),
                ReadRecordResult::OutputEndsFull if self.ends.len() < MAX_FIELDS => self.ends.resize(self.ends.len() * 2, 0),
                // Too large: read on to its end, writing over what is there.
                ReadRecordResult::OutputFull => {
                    bad = Some(format!("a record larger than {MAX_RECORD_BYTES} bytes; is a quotation mark left open?"));
                    written = 0;
                }
                ReadRecordResult::OutputEndsFull => {
                    bad = Some(format!("a record of more than {MAX_FIELDS} fields"));
                    width = 0;
                }
                ReadRecordResult::Record => {
                    return Ok(match bad {
                        Some(reason) => Next::Bad(reason),
                        None if at_end && quotes % 2 == 1 => Next::Bad("the file ends within quotation marks".to_owned()),
                        None => Next::Record(width),
                    });
                }
                ReadRecordResult::End => return Ok(bad.map_or(Next::End, Next::Bad)),
            }
        }
    }
}

/// The separator that the first line has most of.
fn delimiter(head: &[u8]) -> u8 {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |separator: u8| line.iter().filter(|byte| **byte == separator).count();
    // The last of equals wins: the comma.
    [b'\t', b';', b','].into_iter().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}
