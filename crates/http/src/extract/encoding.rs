//! Compressed bodies. The time to decompress one is bounded by its size and by the size of what it contains.

use std::cell::Cell;
use std::io::{self, BufRead, Error, ErrorKind, Read};

use actix_web::http::header::{CONTENT_ENCODING, HeaderMap};
use flate2::bufread::{GzDecoder, ZlibDecoder};

use crate::problem::{Code, Problem};

/// The amount by which a compressed body may be larger than its content. Empty blocks cost time and add nothing.
const EXPANSION: usize = 4 * 1024;
const PIECE: usize = 4 * 1024;

/// The coding of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Identity,
    Gzip,
    Deflate,
}

/// A compressed body that is being read.
struct Compressed<'a> {
    rest: &'a [u8],
    read: usize,
    /// The number of bytes decompressed so far.
    inflated: &'a Cell<usize>,
}

impl Encoding {
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let mut codings = headers.get_all(CONTENT_ENCODING);
        let coding = codings.next().map_or(&b""[..], |value| value.as_bytes().trim_ascii());
        let encoding = match coding.to_ascii_lowercase().as_slice() {
            b"" | b"identity" => Some(Self::Identity),
            b"gzip" | b"x-gzip" => Some(Self::Gzip),
            b"deflate" => Some(Self::Deflate),
            _ => None,
        };
        let unknown = || Problem::new(Code::UnsupportedEncoding, "the supported encodings are gzip and deflate");
        encoding.filter(|_| codings.next().is_none()).ok_or_else(unknown)
    }

    /// Decompresses up to the first byte beyond the limit, so that a decompression bomb costs no more than the
    /// largest body.
    pub(super) fn inflate(self, bytes: &[u8], most: usize) -> Result<Vec<u8>, Problem> {
        let inflated = Cell::new(0);
        let compressed = Compressed { rest: bytes, read: 0, inflated: &inflated };
        let (body, rest) = match self {
            Self::Identity => (bytes.iter().copied().take(most + 1).collect(), &b""[..]),
            Self::Gzip => {
                let mut decoder = GzDecoder::new(compressed);
                (read(&mut decoder, most, &inflated)?, decoder.into_inner().rest)
            }
            Self::Deflate => {
                let mut decoder = ZlibDecoder::new(compressed);
                (read(&mut decoder, most, &inflated)?, decoder.into_inner().rest)
            }
        };
        if body.len() <= most && !rest.is_empty() {
            let detail =
                "a compressed body must be a single gzip member or zlib stream, and nothing may follow it";
            return Err(Problem::new(Code::MalformedBody, detail));
        }
        Ok(body)
    }
}

fn read(decoder: &mut impl Read, most: usize, inflated: &Cell<usize>) -> Result<Vec<u8>, Problem> {
    let (mut body, mut piece) = (Vec::new(), [0; PIECE]);
    while body.len() <= most {
        let count = decoder.read(&mut piece).map_err(|error| malformed(&error))?;
        if count == 0 {
            break;
        }
        body.extend_from_slice(piece.get(..count).unwrap_or_default());
        inflated.set(body.len());
    }
    body.truncate(most + 1);
    Ok(body)
}

fn malformed(error: &Error) -> Problem {
    let detail = if error.kind() == ErrorKind::FileTooLarge {
        "the compressed body is larger than its content; send it uncompressed"
    } else {
        "the body does not match its Content-Encoding"
    };
    Problem::new(Code::MalformedBody, detail)
}

impl Read for Compressed<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(into)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Compressed<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.read > self.inflated.get() + EXPANSION && !self.rest.is_empty() {
            return Err(ErrorKind::FileTooLarge.into());
        }
        Ok(self.rest.get(..PIECE).unwrap_or(self.rest))
    }

    fn consume(&mut self, count: usize) {
        self.read += count;
        self.rest = self.rest.get(count..).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{GzEncoder, ZlibEncoder};

    use super::*;

    const MEBIBYTE: usize = 1024 * 1024;

    fn coding(values: &[&str]) -> Option<Encoding> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(CONTENT_ENCODING, value.parse().unwrap());
        }
        Encoding::of(&headers).ok()
    }

    fn gzip(bytes: &[u8], level: u32) -> Vec<u8> {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::new(level));
        gzip.write_all(bytes).unwrap();
        gzip.finish().unwrap()
    }

    fn zlib(bytes: &[u8], level: u32) -> Vec<u8> {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::new(level));
        zlib.write_all(bytes).unwrap();
        zlib.finish().unwrap()
    }

    fn detail(refused: Result<Vec<u8>, Problem>) -> String {
        match refused {
            Err(Problem { code: Code::MalformedBody, detail, .. }) => detail,
            Err(Problem { code, .. }) => panic!("{code:?}"),
            Ok(_) => panic!("accepted"),
        }
    }

    #[test]
    fn at_most_one_content_coding_is_accepted() {
        assert_eq!(coding(&[]), Some(Encoding::Identity));
        assert_eq!(coding(&["Identity"]), Some(Encoding::Identity));
        assert_eq!(coding(&["GZIP"]), Some(Encoding::Gzip));
        assert_eq!(coding(&["x-gzip"]), Some(Encoding::Gzip));
        assert_eq!(coding(&["deflate"]), Some(Encoding::Deflate));
        for unknown in [&["br"][..], &["gzip, gzip"], &["gzip", "gzip"], &["identity", "br"], &["*"]] {
            assert_eq!(coding(unknown), None, "{unknown:?}");
        }
    }

    #[test]
    fn compressed_body_is_inflated() {
        let noise: Vec<u8> = std::iter::repeat_with(|| fastrand::u8(..)).take(MEBIBYTE - 1024).collect();
        let spaces = vec![b' '; MEBIBYTE];
        for (body, level) in [(&b"{}"[..], 1), (b"", 9), (&noise, 0), (&noise, 6), (&spaces, 9)] {
            assert!(Encoding::Gzip.inflate(&gzip(body, level), MEBIBYTE).is_ok_and(|inflated| inflated == body));
            assert!(
                Encoding::Deflate.inflate(&zlib(body, level), MEBIBYTE).is_ok_and(|inflated| inflated == body)
            );
        }
        assert!(Encoding::Gzip.inflate(b"{}", 9).is_err());
        assert!(Encoding::Deflate.inflate(b"{}", 9).is_err());
        let cut = gzip(b"{}", 6);
        assert!(Encoding::Gzip.inflate(&cut[..cut.len() - 1], 9).is_err());
    }

    #[test]
    fn nothing_may_follow_the_first_member() {
        let single = "a compressed body must be a single gzip member or zlib stream, and nothing may follow it";
        let members = gzip(b"", 6).repeat(50_000);
        assert_eq!(detail(Encoding::Gzip.inflate(&members, MEBIBYTE)), single);
        assert_eq!(detail(Encoding::Gzip.inflate(&gzip(b"{}", 6).repeat(2), MEBIBYTE)), single);
        assert_eq!(detail(Encoding::Deflate.inflate(&zlib(b"{}", 6).repeat(2), MEBIBYTE)), single);
    }

    #[test]
    fn empty_blocks_are_refused() {
        // Stored blocks without content, after the header of zlib.
        let blocks = [&b"\x78\x9c"[..], &b"\0\0\0\xff\xff".repeat(200_000)].concat();
        let larger = "the compressed body is larger than its content; send it uncompressed";
        assert_eq!(detail(Encoding::Deflate.inflate(&blocks, MEBIBYTE)), larger);
    }

    #[test]
    fn inflation_stops_at_limit() {
        let bomb = gzip(&vec![b' '; 100 * MEBIBYTE], 1);
        let inflated = Encoding::Gzip.inflate(&bomb, MEBIBYTE).unwrap_or_default();
        assert_eq!(inflated.len(), MEBIBYTE + 1);
        assert!(inflated.capacity() <= 4 * MEBIBYTE);
    }
}
