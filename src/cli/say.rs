//! Standard output, of which the reader may have had enough: `gongshi … | head`.

use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write};
use std::process::exit;

/// As the shell reports a program that SIGPIPE has ended: what was asked for was not said to its end, so it is no success.
const BROKEN_PIPE: i32 = 128 + 13;
/// Any other fault of standard output, such as a full disk.
const UNSAID: i32 = 74;

/// Prints a line; ends the program quietly when nobody reads on.
macro_rules! say {
    () => { $crate::cli::say::out(format_args!("\n")) };
    ($($words:tt)*) => { $crate::cli::say::out(format_args!("{}\n", format_args!($($words)*))) };
}
pub(crate) use say;

/// Prints as it is, to the last byte.
pub fn out(words: Arguments<'_>) {
    let mut stdout = io::stdout().lock();
    if let Err(error) = stdout.write_fmt(words).and_then(|()| stdout.flush()) {
        ended(&error);
    }
}

/// Nothing more can be said there.
pub fn ended(error: &io::Error) -> ! {
    if error.kind() == ErrorKind::BrokenPipe {
        exit(BROKEN_PIPE);
    }
    eprintln!("gongshi: {error}");
    exit(UNSAID)
}
