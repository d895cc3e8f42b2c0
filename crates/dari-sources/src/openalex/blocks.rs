//! Bytes into records: JSON lines, saved API pages and arrays of records, in blocks for the threads that parse them.

use std::io::{self, BufRead};

/// Bytes in a block, about; a block ends with a whole record.
const BLOCK_BYTES: usize = 2 << 20;
/// A record larger than this is passed over.
const RECORD_BYTES: usize = 64 << 20;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Records one after another.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// Place of the first record in the file, from 1.
    pub(super) first: u64,
    bytes: Vec<u8>,
    /// Where each record ends in `bytes`; `None`: it was too large and is not there.
    ends: Vec<Option<usize>>,
}

impl Block {
    /// The records with their places; `None` for one that was too large.
    pub(super) fn records(&self) -> impl Iterator<Item = (u64, Option<&[u8]>)> {
        let mut start = 0;
        self.ends.iter().zip(self.first..).map(move |(end, place)| {
            let record = end.map(|end| &self.bytes[start..end]);
            start = end.unwrap_or(start);
            (place, record)
        })
    }
}

/// Cuts a stream into blocks of records.
pub(super) struct Blocks<R> {
    input: R,
    /// Records handed out so far; for JSON lines: lines, empty ones included, so that places are line numbers.
    pub(super) place: u64,
    form: Form,
    ended: bool,
    /// An error met after whole records, to be told once these are handed out.
    broken: Option<io::Error>,
}

enum Form {
    Lines,
    Elements(Elements),
}

impl<R: BufRead> Blocks<R> {
    /// Tells from the first bytes whether records stand in lines, or as elements of an array (alone, or under the key `results` of an object).
    pub(super) fn new(mut input: R) -> io::Result<Self> {
        if input.fill_buf()?.starts_with(BYTE_ORDER_MARK) {
            input.consume(BYTE_ORDER_MARK.len());
        }
        let head = input.fill_buf()?;
        let start = head.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(head.len());
        let begin = &head[start..];
        let after_brace =
            begin.get(1..).and_then(|rest| rest.iter().position(|byte| !byte.is_ascii_whitespace())).map(|at| &begin[at + 1..]);
        let page = after_brace.is_some_and(|rest| rest.starts_with(b"\"meta\"") || rest.starts_with(b"\"results\""));
        let form = if begin.starts_with(b"[") || page { Form::Elements(Elements::default()) } else { Form::Lines };
        Ok(Blocks { input, place: 0, form, ended: false, broken: None })
    }

    /// The next block, `None` at the end. After an error, what was read whole before it has been handed out.
    pub(super) fn next(&mut self) -> io::Result<Option<Block>> {
        let mut block = Block { first: self.place + 1, ..Block::default() };
        while !self.ended && block.bytes.len() < BLOCK_BYTES && block.ends.len() < crate::CHUNK_RECORDS {
            let start = block.bytes.len();
            let more = match &mut self.form {
                Form::Lines => next_line(&mut self.input, &mut block.bytes),
                Form::Elements(elements) => elements.next(&mut self.input, &mut block.bytes),
            };
            match more {
                Ok(Found::Record) => block.ends.push(Some(block.bytes.len())),
                Ok(Found::TooLarge) => {
                    block.bytes.truncate(start);
                    block.ends.push(None);
                }
                Ok(Found::End) => {
                    block.bytes.truncate(start);
                    self.ended = true;
                }
                Err(error) => {
                    block.bytes.truncate(start);
                    self.ended = true;
                    self.broken = Some(error);
                }
            }
        }
        if block.ends.is_empty()
            && let Some(error) = self.broken.take()
        {
            return Err(error);
        }
        self.place += block.ends.len() as u64;
        Ok((!block.ends.is_empty()).then_some(block))
    }
}

enum Found {
    Record,
    TooLarge,
    End,
}

fn next_line(input: &mut impl BufRead, out: &mut Vec<u8>) -> io::Result<Found> {
    let start = out.len();
    let mut any = false;
    let mut too_large = false;
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            break;
        }
        any = true;
        let newline = memchr::memchr(b'\n', buffer);
        let taken = newline.map_or(buffer.len(), |at| at + 1);
        if out.len() - start + taken > RECORD_BYTES {
            too_large = true;
            out.truncate(start);
        }
        if !too_large {
            out.extend_from_slice(&buffer[..taken]);
        }
        input.consume(taken);
        if newline.is_some() {
            break;
        }
    }
    Ok(match (any, too_large) {
        (false, _) => Found::End,
        (true, true) => Found::TooLarge,
        (true, false) => Found::Record,
    })
}

/// Finds the elements of arrays of records without taking in the whole: objects directly in an array at the top, or in an array that is a
/// value of an object at the top (`results`).
#[derive(Debug, Default)]
struct Elements {
    /// Open brackets around the present place, `{` or `[`.
    open: Vec<u8>,
    in_string: bool,
    escaped: bool,
}

impl Elements {
    fn next(&mut self, input: &mut impl BufRead, out: &mut Vec<u8>) -> io::Result<Found> {
        let start = out.len();
        let mut too_large = false;
        let mut inside: Option<usize> = None;
        loop {
            let buffer = input.fill_buf()?;
            if buffer.is_empty() {
                if !self.open.is_empty() {
                    return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file ends within a record or list"));
                }
                return Ok(Found::End);
            }
            let mut from = inside.map(|_| 0);
            let mut done = None;
            for (at, &byte) in buffer.iter().enumerate() {
                if self.in_string {
                    match byte {
                        _ if self.escaped => self.escaped = false,
                        b'\\' => self.escaped = true,
                        b'"' => self.in_string = false,
                        _ => {}
                    }
                    continue;
                }
                match byte {
                    b'"' => self.in_string = true,
                    b'{' | b'[' => {
                        if byte == b'{' && inside.is_none() && matches!(self.open[..], [b'['] | [b'{', b'[']) {
                            inside = Some(self.open.len());
                            from = Some(at);
                        }
                        self.open.push(byte);
                    }
                    b'}' | b']' => {
                        self.open.pop();
                        if inside == Some(self.open.len()) {
                            done = Some(at + 1);
                            break;
                        }
                    }
                    _ => {}
                }
            }
            let taken = done.unwrap_or(buffer.len());
            if let Some(from) = from {
                if out.len() - start + taken - from > RECORD_BYTES {
                    too_large = true;
                    out.truncate(start);
                }
                if !too_large {
                    out.extend_from_slice(&buffer[from..taken]);
                }
            }
            input.consume(taken);
            if done.is_some() {
                return Ok(if too_large { Found::TooLarge } else { Found::Record });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufReader, Read};

    fn all(input: impl Read, buffer: usize) -> (Vec<(u64, String)>, Option<String>) {
        let mut found = Vec::new();
        let Ok(mut blocks) = Blocks::new(BufReader::with_capacity(buffer, input)) else { return (found, Some("start".to_owned())) };
        loop {
            match blocks.next() {
                Ok(Some(block)) => {
                    let text = |(place, record): (u64, Option<&[u8]>)| {
                        (place, record.map_or("TOO LARGE".to_owned(), |bytes| String::from_utf8_lossy(bytes).trim().to_owned()))
                    };
                    found.extend(block.records().map(text));
                }
                Ok(None) => return (found, None),
                Err(error) => return (found, Some(error.to_string())),
            }
        }
    }

    #[test]
    fn lines_pages_and_arrays() {
        let expected = vec![(1, r#"{"a":"]}\"{"}"#.to_owned()), (2, r#"{"b":[{"c":[]}]}"#.to_owned())];
        let (a, b) = (r#"{"a":"]}\"{"}"#, r#"{"b":[{"c":[]}]}"#);
        for text in [
            format!("{a}\n{b}\n"),
            format!("{a}\n{b}"),
            format!("[{a},\n {b}]"),
            format!("{{ \"meta\": {{\"count\": 2, \"x\": [1]}}, \"results\": [{a}, {b}], \"group_by\": []}}"),
            format!("{{\"results\":[{a}]}}\n{{\"results\":[{b}]}}"),
        ] {
            // A buffer that holds the whole, and one in which records are cut.
            for buffer in [4096, 24] {
                assert_eq!(all(text.as_bytes(), buffer), (expected.clone(), None), "{text}");
            }
        }
    }

    #[test]
    fn a_page_that_breaks_off_keeps_its_whole_records() {
        let (found, error) = all(&br#"{"meta":{},"results":[{"a":1},{"b":2},{"c":"#[..], 4096);
        assert_eq!(found.len(), 2);
        assert!(error.is_some_and(|error| error.contains("within a record or list")));
    }

    #[test]
    fn a_line_too_large_is_passed_over_and_the_next_kept() {
        let long = io::repeat(b'x').take(RECORD_BYTES as u64 + 10);
        let (found, error) = all((&b"{\"a\":1}\n"[..]).chain(long).chain(&b"\n{\"b\":2}\n"[..]), 1 << 16);
        let texts: Vec<_> = found.iter().map(|(place, text)| (*place, text.as_str())).collect();
        assert_eq!(texts, [(1, r#"{"a":1}"#), (2, "TOO LARGE"), (3, r#"{"b":2}"#)]);
        assert_eq!(error, None);
    }
}
