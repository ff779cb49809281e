//! A body of one JSON value a line, split as it comes. Of a line that is too long nothing is kept but that it was there.

/// A line that is not blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberedLine {
    /// Its number in the body, from 0; blank lines count.
    pub number: u32,
    /// `None` when it has more bytes than a line may have.
    pub json: Option<Box<[u8]>>,
}

/// Takes the pieces of a body and gives its lines.
pub struct Lines {
    line_bytes_max: usize,
    /// What came of the line so far, unless it is too long already.
    begun: Vec<u8>,
    state: State,
    number: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Only white space so far, which is not kept.
    Blank,
    Begun,
    TooLong,
}

impl Lines {
    pub fn new(line_bytes_max: usize) -> Self {
        Self { line_bytes_max, begun: Vec::new(), state: State::Blank, number: 0 }
    }

    /// Takes bytes of `piece`, up to the end of a line, and gives that line unless it is blank. To be called until the piece
    /// is empty.
    pub fn next(&mut self, piece: &mut &[u8]) -> Option<NumberedLine> {
        while !piece.is_empty() {
            let end = memchr::memchr(b'\n', piece);
            let (line, rest) = piece.split_at(end.unwrap_or(piece.len()));
            self.push(line);
            *piece = rest.get(1..).unwrap_or_default();
            if end.is_some() {
                let line = self.take();
                self.number = self.number.saturating_add(1);
                if line.is_some() {
                    return line;
                }
            }
        }
        None
    }

    /// The last line, which no line break ends.
    pub fn finish(mut self) -> Option<NumberedLine> {
        self.take()
    }

    fn push(&mut self, bytes: &[u8]) {
        let bytes = if self.state == State::Blank { bytes.trim_ascii_start() } else { bytes };
        if bytes.is_empty() || self.state == State::TooLong {
            return;
        }
        // White space at the end is no part of the value, but may turn out to stand in the middle of it.
        if self.begun.len() + bytes.len() > self.line_bytes_max {
            (self.begun, self.state) = (Vec::new(), State::TooLong);
        } else {
            self.begun.extend_from_slice(bytes);
            self.state = State::Begun;
        }
    }

    fn take(&mut self) -> Option<NumberedLine> {
        let json = match std::mem::replace(&mut self.state, State::Blank) {
            State::Blank => return None,
            State::Begun => Some(Box::from(self.begun.as_slice())),
            State::TooLong => None,
        };
        self.begun.clear();
        Some(NumberedLine { number: self.number, json })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(pieces: &[&[u8]], line_bytes_max: usize) -> Vec<(u32, Option<String>)> {
        let mut lines = Lines::new(line_bytes_max);
        let mut found = Vec::new();
        for mut piece in pieces.iter().copied() {
            while !piece.is_empty() {
                found.extend(lines.next(&mut piece));
            }
        }
        found.extend(lines.finish());
        let text = |json: Box<[u8]>| String::from_utf8(json.into()).unwrap();
        found.into_iter().map(|line| (line.number, line.json.map(text))).collect()
    }

    #[test]
    fn lines_have_their_numbers_and_long_ones_no_bytes() {
        let line = |number, text: &str| (number, Some(text.to_owned()));
        assert_eq!(lines(&[b"\r\n{}\r\n\n  [1] \n2"], 5), [line(1, "{}\r"), line(3, "[1] "), line(4, "2")]);
        assert_eq!(lines(&[b"12", b"34", b"5\n1234", b"56\n7\n"], 5), [line(0, "12345"), (1, None), line(2, "7")]);
        assert_eq!(lines(&[b" ", b"   ", b"\n", b"        1"], 3), [line(1, "1")]);
        assert_eq!(lines(&[b"", b"\n\n \n"], 3), []);
    }

    proptest! {
        #[test]
        fn it_does_not_matter_how_a_body_is_cut(body in "[ \r\nab]{0,60}", cuts in prop::collection::vec(0usize..60, 0..6)) {
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(body.len())).collect();
            cuts.extend([0, body.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|cut| &body.as_bytes()[cut[0]..cut[1]]).collect();
            let whole = body.split('\n').enumerate().filter(|(_, line)| !line.trim_ascii().is_empty());
            let expected: Vec<_> = whole
                .map(|(number, line)| (number as u32, line.trim_ascii_start()))
                .map(|(number, line)| (number, (line.len() <= 5).then(|| line.to_owned())))
                .collect();
            prop_assert_eq!(lines(&pieces, 5), expected);
        }
    }
}
