//! Reads files that gzip or Zstandard compressed, as their first bytes show.

use std::fmt;
use std::io::{self, BufRead, BufReader, Cursor, Read};

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

const GZIP: [u8; 2] = [0x1F, 0x8B];
const ZSTANDARD: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];
/// The last three bytes of the magic number of a frame to skip. The first byte is between `50` and `5F`.
const SKIPPED: [u8; 3] = [0x2A, 0x4D, 0x18];
/// Maximum window of a Zstandard frame in bytes, which is the limit of the program `zstd`.
const MAX_WINDOW: u64 = 1 << 27;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Compression {
    Gzip,
    Zstandard,
}

/// Returns the compression of a file from its first four bytes.
fn compression(first: &[u8]) -> Option<Compression> {
    let is_zstandard = first.starts_with(&ZSTANDARD)
        || matches!(first, [number, rest @ ..] if number & 0xF0 == 0x50 && rest.starts_with(&SKIPPED));
    match first.starts_with(&GZIP) {
        true => Some(Compression::Gzip),
        false => is_zstandard.then_some(Compression::Zstandard),
    }
}

/// Error of decompressing a file in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecompressionError {
    /// The compressed file is damaged or truncated.
    Damaged,
    /// The decompressed file exceeds the limit.
    TooLong,
}

impl fmt::Display for DecompressionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DecompressionError::Damaged => "the compressed file is damaged or truncated",
            DecompressionError::TooLong => "the decompressed file is too long",
        })
    }
}

impl std::error::Error for DecompressionError {}

/// Decompresses a file of gzip or Zstandard. Returns `None` if `bytes` is not compressed.
///
/// Takes memory for at most `limit` decompressed bytes, and for the window of the compression.
///
/// # Errors
/// If the file is damaged, or decompresses to more than `limit` bytes. A Zstandard file that states a greater length is
/// not decompressed.
pub fn decompress(bytes: &[u8], limit: usize) -> Result<Option<Vec<u8>>, DecompressionError> {
    let Some(compression) = compression(bytes) else { return Ok(None) };
    // The length at the end of a gzip file is not that of the file if it has several parts or is truncated.
    if compression == Compression::Zstandard && stated_length(bytes) > limit as u64 {
        return Err(DecompressionError::TooLong);
    }
    let mut text = Vec::new();
    let read = reader(bytes).take(limit as u64 + 1).read_to_end(&mut text);
    match read {
        Ok(length) if length > limit => Err(DecompressionError::TooLong),
        Ok(_) => Ok(Some(text)),
        Err(_) => Err(DecompressionError::Damaged),
    }
}

/// Returns the decompressed length that the first frame of a Zstandard file states, or 0.
fn stated_length(bytes: &[u8]) -> u64 {
    let mut decoder = decoder();
    decoder.init(bytes).map_or(0, |()| decoder.content_size())
}

fn decoder() -> FrameDecoder {
    let mut decoder = FrameDecoder::new();
    decoder.set_max_window_size(MAX_WINDOW);
    decoder
}

/// Returns a reader of `input`, which decompresses it if its first bytes are those of gzip or Zstandard. It reads every
/// part of a file of several, and verifies checksums. Takes memory for one window, at most 128 MiB.
pub fn reader<'r>(input: impl Read + 'r) -> Box<dyn BufRead + 'r> {
    let mut input = input;
    let mut first = Vec::new();
    // An error is not lost: the next read returns it.
    let failed = input.by_ref().take(ZSTANDARD.len() as u64).read_to_end(&mut first).err();
    if let Some(error) = failed {
        return Box::new(BufReader::new(Failing(Some(error))));
    }
    let compression = compression(&first);
    let input = BufReader::new(Cursor::new(first).chain(input));
    match compression {
        None => Box::new(input),
        Some(Compression::Gzip) => Box::new(BufReader::new(MultiGzDecoder::new(input))),
        Some(Compression::Zstandard) => {
            Box::new(BufReader::new(Frames { input, decoder: decoder(), inside: false }))
        }
    }
}

/// An input that could not be read.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(self.0.take().unwrap_or_else(|| io::ErrorKind::Other.into()))
    }
}

/// The frames of a Zstandard file, one after the other.
struct Frames<R> {
    input: R,
    decoder: FrameDecoder,
    /// Whether the decoder is inside a frame.
    inside: bool,
}

impl<R: BufRead> Frames<R> {
    /// Starts the next frame. Returns whether there is one.
    fn start(&mut self) -> io::Result<bool> {
        while !self.input.fill_buf()?.is_empty() {
            match self.decoder.init(&mut self.input) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length, ..
                })) => {
                    let skipped = io::copy(&mut self.input.by_ref().take(u64::from(length)), &mut io::sink())?;
                    if skipped < u64::from(length) {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                Err(_) => return Err(damaged()),
            }
        }
        Ok(false)
    }
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if !self.inside {
                self.inside = self.start()?;
                if !self.inside {
                    return Ok(0);
                }
            }
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let block = BlockDecodingStrategy::UptoBlocks(1);
                self.decoder.decode_blocks(&mut self.input, block).map_err(|_| damaged())?;
            }
            let read = self.decoder.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            let checksum = self.decoder.get_checksum_from_data();
            if checksum.is_some() && checksum != self.decoder.get_calculated_checksum() {
                return Err(damaged());
            }
            self.inside = false;
        }
    }
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, DecompressionError::Damaged)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression as Level, write::GzEncoder};
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Level::best());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn zstandard(text: &[u8]) -> Vec<u8> {
        compress_to_vec(text, CompressionLevel::Fastest)
    }

    #[test]
    fn compressed_files_of_several_parts_are_read() {
        let text: Vec<u8> = (0..200_000_u32).flat_map(|n| n.to_le_bytes()).collect();
        for compress in [gzip, zstandard] {
            let file = [compress(&text), compress(b"and more")].concat();
            let expected = [&text[..], b"and more"].concat();
            assert!(decompress(&file, expected.len()).unwrap().unwrap() == expected);
            assert_eq!(decompress(&file, expected.len() - 1), Err(DecompressionError::TooLong));
        }
        let skipped = [&[0x5A, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3][..], &zstandard(b"text")].concat();
        assert_eq!(decompress(&skipped, 9), Ok(Some(b"text".to_vec())));
        assert_eq!(decompress(&skipped[..9], 9), Err(DecompressionError::Damaged));
        assert_eq!(decompress(b"plain text", 9), Ok(None));
    }

    #[test]
    fn damaged_compressed_files_are_errors() {
        for file in [gzip(b"some words of text"), zstandard(b"some words of text")] {
            for length in 4..file.len() {
                assert_eq!(decompress(&file[..length], 1000), Err(DecompressionError::Damaged), "{length}");
            }
        }
        let file = gzip(b"some words of text");
        for at in 10..file.len() {
            let mut flipped = file.clone();
            flipped[at] ^= 1;
            assert!(decompress(&flipped, 1000).is_err(), "{at}");
        }
    }

    #[test]
    fn decompression_bombs_are_errors() {
        let bombs = [gzip(&vec![b'a'; 1 << 24]), zstandard(&vec![b'a'; 1 << 24])];
        for bomb in bombs {
            assert!(bomb.len() < 1 << 16);
            assert_eq!(decompress(&bomb, 1 << 20), Err(DecompressionError::TooLong));
            // The first part states a length within the limit.
            let several = [bomb, gzip(b"a"), zstandard(b"a")].concat();
            assert!(decompress(&several, 1 << 20).is_err());
        }
    }
}
