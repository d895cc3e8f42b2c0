//! Words to the user that are not the answer: on standard error.

use std::io::{self, Write};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

use dari_server::{BAR, PROGRESS};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};

static STOPPED: LazyLock<&'static AtomicBool> = LazyLock::new(|| {
    static FLAG: AtomicBool = AtomicBool::new(false);
    // A second Ctrl-C ends the program at once.
    let set = ctrlc::set_handler(|| {
        if FLAG.swap(true, Ordering::SeqCst) {
            std::process::exit(1);
        }
    });
    if let Err(error) = set {
        say(&format!("warning: Ctrl-C will end the program at once: {error}"));
    }
    &FLAG
});

/// Whether the user pressed Ctrl-C; from the first call on, Ctrl-C does not end the program by itself.
pub(crate) fn stopped() -> bool {
    STOPPED.load(Ordering::SeqCst)
}

/// A line on standard error, or a note of an answer that is taken.
pub(crate) fn say(line: &str) {
    if crate::output::note(&printable(line)) {
        return;
    }
    // Nobody is left to tell if standard error is closed.
    let _ = writeln!(io::stderr().lock(), "{}", printable(line));
}

/// What is of the run alone, like how long it took: a line on standard error, and no note of an answer.
pub(crate) fn aside(line: &str) {
    if !crate::output::is_taken() {
        say(line);
    }
}

/// Text from outside with nothing in it that a terminal would obey; line breaks stay.
pub(crate) fn printable(text: &str) -> std::borrow::Cow<'_, str> {
    if text.chars().any(|c| c.is_control() && c != '\n') {
        text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect::<String>().into()
    } else {
        text.into()
    }
}

/// Bars are drawn on a terminal; where `DARI_PROGRESS=lines` asks for it, they are lines on standard error, for another program to read.
fn shown(bar: ProgressBar) -> ProgressBar {
    if std::env::var_os(PROGRESS).is_some_and(|how| how == "lines") {
        bar.set_draw_target(ProgressDrawTarget::term_like_with_hz(Box::new(Lines), 2));
    }
    bar
}

/// Takes what is drawn on a terminal for lines.
#[derive(Debug)]
struct Lines;

impl TermLike for Lines {
    fn width(&self) -> u16 {
        120
    }

    fn move_cursor_up(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_down(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_right(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_left(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn write_line(&self, line: &str) -> io::Result<()> {
        self.write_str(line)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        let text = text.trim();
        if text.is_empty() { Ok(()) } else { writeln!(io::stderr().lock(), "{BAR}{text}") }
    }

    fn clear_line(&self) -> io::Result<()> {
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
    }
}

/// A count of what is done where nobody knows how much there is; shows nothing where standard error is no terminal.
pub(crate) fn count_bar(what: &'static str) -> ProgressBar {
    let bar = shown(ProgressBar::new_spinner()).with_message(what);
    match ProgressStyle::with_template("{spinner} {human_pos} {msg}  {per_sec}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// A bar over pieces of work, as many as its length is set to; shows nothing where standard error is no terminal.
pub(crate) fn units_bar(what: &'static str) -> ProgressBar {
    let bar = shown(ProgressBar::new(0)).with_message(what);
    match ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}  {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Moves a bar to where several threads together are: not back, unless they begin anew.
pub(crate) fn reach(bar: &ProgressBar, done: usize, of: usize) {
    bar.set_length(of as u64);
    let before = if done <= 1 { 0 } else { bar.position() };
    bar.set_position(before.max(done as u64));
}

/// A bar over the bytes of a load; shows nothing where standard error is no terminal.
pub(crate) fn bytes_bar(total: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta} left  {msg}");
    let bar = shown(ProgressBar::new(total));
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
