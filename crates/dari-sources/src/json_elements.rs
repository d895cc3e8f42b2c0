//! The elements of JSON that is too large to hold as a tree: of an array, of an array some keys deep, or one value after another (JSON
//! lines included).

use std::io::{self, BufRead};

use crate::Error;
use crate::collector::{MAX_RECORD_BYTES, damage};

/// What [`elements`] calls: with the bytes of an element, or the reason why it could not be read.
pub(crate) type Each<'e> = &'e mut dyn FnMut(Result<&[u8], String>) -> Result<(), Error>;

/// Why reading ended before its time.
pub(crate) enum Failure {
    /// Not the data's fault.
    Read(io::Error),
    /// From the callback.
    Receiver(Error),
}

impl Failure {
    /// The error to return for a file.
    pub(crate) fn into_error(self, file: &std::sync::Arc<str>) -> Error {
        match self {
            Failure::Read(error) => Error::io(file, error),
            Failure::Receiver(error) => error,
        }
    }
}

enum Stop {
    Read(io::Error),
    Receiver(Error),
    /// The text is no JSON from here on: what was expected.
    Damaged(String),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::Read(error)
    }
}
impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::Receiver(error)
    }
}

/// Visits the elements of the JSON in `content`. An array's elements are visited one by one; an object whose first key is `path[0]` is
/// followed along the path to the array in it; any other value is an element itself, and further values may follow it. Where the content
/// breaks off or stops being JSON, `each` gets the reason as the last call.
///
/// Returns whether the content begins as JSON does; if not, `each` is not called.
pub(crate) fn elements(content: &mut dyn BufRead, path: &[&str], each: Each<'_>) -> Result<bool, Failure> {
    scan(content, path, true, each)
}

/// As [`elements`], for sources that never have records at the top: every object there is an envelope, and `path[0]` may stand behind other keys.
pub(crate) fn enveloped_elements(content: &mut dyn BufRead, path: &[&str], each: Each<'_>) -> Result<bool, Failure> {
    scan(content, path, false, each)
}

fn scan(content: &mut dyn BufRead, path: &[&str], records_at_top: bool, each: Each<'_>) -> Result<bool, Failure> {
    let mut scanner = Scanner { content, value: Vec::new() };
    let last = match scanner.top(path, records_at_top, each) {
        Ok(recognised) => return Ok(recognised),
        Err(Stop::Receiver(error)) => return Err(Failure::Receiver(error)),
        Err(Stop::Damaged(reason)) => reason,
        Err(Stop::Read(error)) => damage(error).map_err(Failure::Read)?,
    };
    each(Err(last)).map_err(Failure::Receiver)?;
    Ok(true)
}

struct Scanner<'c> {
    content: &'c mut dyn BufRead,
    value: Vec<u8>,
}

/// How the copying of a value ended.
enum Copied {
    Whole,
    TooLong,
}

impl Scanner<'_> {
    fn top(&mut self, path: &[&str], records_at_top: bool, each: Each<'_>) -> Result<bool, Stop> {
        if self.content.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
            self.content.consume(3);
        }
        if !matches!(self.peek()?, Some(b'[' | b'{')) {
            return Ok(false);
        }
        while let Some(byte) = self.peek()? {
            match byte {
                b'[' => self.array(each)?,
                b'{' if !path.is_empty() => self.object(path, records_at_top, each)?,
                _ => self.line(each)?,
            }
        }
        Ok(true)
    }

    /// One value of JSON lines: a line that is a whole object, or, where the line ends within the value, the value over several lines.
    fn line(&mut self, each: Each<'_>) -> Result<(), Stop> {
        self.value.clear();
        let copied = self.copy(true)?;
        self.give(copied, each)
    }

    fn array(&mut self, each: Each<'_>) -> Result<(), Stop> {
        self.bump();
        loop {
            match self.peek()? {
                Some(b']') => {
                    self.bump();
                    return Ok(());
                }
                Some(b',') => self.bump(),
                Some(_) => {
                    self.value.clear();
                    let copied = self.copy(false)?;
                    self.give(copied, each)?;
                    if !matches!(self.peek()?, Some(b',' | b']') | None) {
                        return Err(Stop::Damaged(self.unexpected("a comma or the end of the array")?));
                    }
                }
                None => return Err(Stop::Read(io::ErrorKind::UnexpectedEof.into())),
            }
        }
    }

    /// Follows the path into an object. At the top, an object that begins with another key is an element itself.
    fn object(&mut self, path: &[&str], top: bool, each: Each<'_>) -> Result<(), Stop> {
        self.bump();
        let mut first = top;
        loop {
            match self.peek()? {
                Some(b'}') => {
                    self.bump();
                    return Ok(());
                }
                Some(b',') => {
                    self.bump();
                    continue;
                }
                Some(b'"') => {}
                Some(_) if first => {
                    self.value.clear();
                    self.value.push(b'{');
                    let copied = self.copy_rest()?;
                    return self.give(copied, each);
                }
                Some(_) => return Err(Stop::Damaged(self.unexpected("a key or the end of the object")?)),
                None => return Err(Stop::Read(io::ErrorKind::UnexpectedEof.into())),
            }
            self.value.clear();
            self.value.push(b'{');
            self.copy(false)?;
            let on_path = path.first().is_some_and(|key| self.value == format!("{{\"{key}\"").as_bytes());
            if first && !on_path {
                // What has been taken of the element so far stays in `value`; copying goes on within the object.
                let copied = self.copy_rest()?;
                return self.give(copied, each);
            }
            first = false;
            if self.peek()? != Some(b':') {
                return Err(Stop::Damaged(self.unexpected("a colon behind a key")?));
            }
            self.bump();
            match self.peek()? {
                Some(b'{') if on_path && path.len() > 1 => self.object(&path[1..], false, each)?,
                Some(b'[') if on_path && path.len() == 1 => self.array(each)?,
                _ => {
                    self.value.clear();
                    self.copy(false)?;
                }
            }
        }
    }

    fn give(&mut self, copied: Copied, each: Each<'_>) -> Result<(), Stop> {
        let element = match copied {
            Copied::Whole => Ok(self.value.as_slice()),
            Copied::TooLong => Err(format!("a record larger than {MAX_RECORD_BYTES} bytes")),
        };
        Ok(each(element)?)
    }

    /// The next byte that is no white space, not taken.
    fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            let buffer = match self.content.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                buffer => buffer?,
            };
            if buffer.is_empty() {
                return Ok(None);
            }
            match buffer.iter().position(|byte| !byte.is_ascii_whitespace()) {
                Some(at) => {
                    let byte = buffer[at];
                    self.content.consume(at);
                    return Ok(Some(byte));
                }
                None => {
                    let length = buffer.len();
                    self.content.consume(length);
                }
            }
        }
    }

    /// Takes the byte that [`peek`](Self::peek) found.
    fn bump(&mut self) {
        self.content.consume(1);
    }

    fn unexpected(&mut self, expected: &str) -> io::Result<String> {
        let found = self.peek()?.map_or("the end".to_owned(), |byte| format!("'{}'", byte.escape_ascii()));
        Ok(format!("the file is no JSON from here on: expected {expected}, found {found}"))
    }

    /// Copies a value to `value`. With `lines`, a value that does not close by itself ends where the next line begins with `{`, so that a
    /// damaged line does not swallow the lines behind it.
    fn copy(&mut self, lines: bool) -> Result<Copied, Stop> {
        self.run(Depth::default(), lines)
    }

    /// Copies the rest of an object whose opening brace is already in `value`.
    fn copy_rest(&mut self) -> Result<Copied, Stop> {
        self.run(Depth { open: 1, started: true, ..Depth::default() }, true)
    }

    fn run(&mut self, mut depth: Depth, lines: bool) -> Result<Copied, Stop> {
        let mut too_long = false;
        loop {
            let buffer = match self.content.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                buffer => buffer?,
            };
            if buffer.is_empty() {
                if depth.open > 0 || depth.in_string {
                    return Err(Stop::Read(io::ErrorKind::UnexpectedEof.into()));
                }
                break;
            }
            let end = depth.end(buffer, lines);
            let taken = end.unwrap_or(buffer.len());
            if self.value.len() + taken > MAX_RECORD_BYTES {
                too_long = true;
                self.value.clear();
            }
            if !too_long {
                self.value.extend_from_slice(&buffer[..taken]);
            }
            self.content.consume(taken);
            if end.is_some() {
                break;
            }
        }
        Ok(if too_long { Copied::TooLong } else { Copied::Whole })
    }
}

/// Where in a value the scan stands.
#[derive(Default)]
struct Depth {
    open: usize,
    in_string: bool,
    escaped: bool,
    /// Whether any byte of the value has been taken.
    started: bool,
    after_line: bool,
}

impl Depth {
    /// How many bytes of the buffer still belong to the value, if it ends in it.
    fn end(&mut self, buffer: &[u8], lines: bool) -> Option<usize> {
        for (at, byte) in buffer.iter().enumerate() {
            if lines && self.after_line && *byte == b'{' {
                return Some(at);
            }
            self.after_line = *byte == b'\n';
            let started = std::mem::replace(&mut self.started, true);
            if self.in_string {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => {
                        self.in_string = false;
                        if self.open == 0 && !lines {
                            return Some(at + 1);
                        }
                    }
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.in_string = true,
                b'{' | b'[' => self.open += 1,
                b'}' | b']' if self.open == 1 => return Some(at + 1),
                b'}' | b']' if self.open > 1 => self.open -= 1,
                // What follows stands outside of any object or array: a number, true, null or no JSON at all.
                b'\n' if self.open == 0 && lines => return Some(at),
                b'}' | b']' | b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' if self.open == 0 && !lines => {
                    return Some(if started { at } else { at + 1 });
                }
                _ => {}
            }
        }
        None
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
