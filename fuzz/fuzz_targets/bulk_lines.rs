//! A bulk body means the same however it arrives: unpacked and split in pieces of any size it gives the same lines, or fails
//! each time; and no byte of it is left out. The first byte says in what it is packed, the second how it is cut.
#![no_main]
use gongshi::http::{Lines, NumberedLine, Packing};
use std::io::Cursor;
use std::sync::LazyLock;
use tokio::io::{AsyncReadExt, BufReader};
use tokio::runtime::{Builder, Runtime};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Builder::new_current_thread().build().unwrap());

const LINE_BYTES_MAX: usize = 100;
const UNPACKED_BYTES_MAX: u64 = 1 << 16;

/// What is unpacked of it, by a decoder that is given so many bytes at a time.
fn unpacked(packing: Packing, body: &[u8], at_a_time: usize) -> Option<Vec<u8>> {
    let packed = BufReader::with_capacity(at_a_time, Cursor::new(body.to_vec()));
    let mut plain = Vec::new();
    let mut reader = packing.decoder(packed).take(UNPACKED_BYTES_MAX);
    RUNTIME.block_on(reader.read_to_end(&mut plain)).ok().map(|_| plain)
}

fn lines(plain: &[u8], at_a_time: usize) -> Vec<NumberedLine> {
    let (mut lines, mut found) = (Lines::new(LINE_BYTES_MAX), Vec::new());
    for mut piece in plain.chunks(at_a_time) {
        while !piece.is_empty() {
            found.extend(lines.next(&mut piece));
        }
    }
    found.extend(lines.finish());
    found
}

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let [which, cut, body @ ..] = input else { return };
    let at_a_time = usize::from(*cut) + 1;
    let plain = match which % 4 {
        0 => body.to_vec(),
        packing => {
            let packing = [Packing::Gzip, Packing::Brotli, Packing::Zstd][usize::from(packing) - 1];
            // Our own service refuses such a window by the first byte, before there is a decoder.
            if packing == Packing::Brotli && body.first().is_some_and(|first| first & 0x7f == 0x11) {
                return;
            }
            let (whole, cut) = (
                unpacked(packing, body, body.len().max(1)),
                unpacked(packing, body, at_a_time),
            );
            // An error behind what is read at most may be seen or not.
            if [&whole, &cut].iter().any(|plain| {
                plain
                    .as_ref()
                    .is_some_and(|plain| plain.len() as u64 == UNPACKED_BYTES_MAX)
            }) {
                return;
            }
            assert_eq!(whole, cut);
            let Some(plain) = whole else { return };
            plain
        }
    };
    let found = lines(&plain, at_a_time);
    let expected: Vec<_> = (0..)
        .zip(plain.split(|byte| *byte == b'\n'))
        .map(|(number, line)| (number, line.trim_ascii_start()))
        .filter(|(_, line)| !line.is_empty())
        .map(|(number, line)| NumberedLine {
            number,
            json: (line.len() <= LINE_BYTES_MAX).then(|| line.into()),
        })
        .collect();
    assert_eq!(found, expected);
});
