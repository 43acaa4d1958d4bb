//! A chunked body (RFC 9112, section 7.1): chunks, each after its size, and trailers up to an empty line.

/// The part of a chunked body that has passed.
pub(in super::super) struct Chunks {
    place: Place,
    /// The size of the current chunk; inside it, the number of bytes that are left.
    size: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Size,
    /// After the digits of a size, in its line.
    AfterSize,
    Data,
    AfterData,
    TrailerStart,
    Trailer,
    TrailerEnd,
    End,
}

impl Chunks {
    pub(super) fn new() -> Self {
        Self { place: Place::Size, size: 0 }
    }

    /// Returns how many bytes belong to the body, and whether it ends after them.
    pub(super) fn pass(&mut self, bytes: &[u8]) -> (usize, bool) {
        let mut passed = 0;
        while let Some((&byte, rest)) = bytes.get(passed..).and_then(<[u8]>::split_first) {
            if self.place == Place::Data {
                let most = rest.len() + 1;
                let count = usize::try_from(self.size).map_or(most, |left| left.min(most));
                self.size -= count as u64;
                passed += count;
                if self.size == 0 {
                    self.place = Place::AfterData;
                }
                continue;
            }
            passed += 1;
            if self.place == Place::End {
                return (passed, true);
            }
            self.step(byte);
        }
        (passed, false)
    }

    /// Passes one byte, as actix does in a body that it accepts.
    fn step(&mut self, byte: u8) {
        self.place = match (self.place, byte) {
            (Place::Size | Place::AfterSize, b'\n') if self.size == 0 => Place::TrailerStart,
            (Place::Size | Place::AfterSize, b'\n') => Place::Data,
            (Place::Size, byte) => match char::from(byte).to_digit(16) {
                Some(digit) => {
                    self.size = self.size.saturating_mul(16).saturating_add(u64::from(digit));
                    Place::Size
                }
                None => Place::AfterSize,
            },
            (Place::AfterData, b'\n') => Place::Size,
            (Place::TrailerStart, b'\r') => Place::End,
            (Place::Trailer, b'\r') => Place::TrailerEnd,
            (Place::TrailerStart, _) => Place::Trailer,
            (Place::TrailerEnd, _) => Place::TrailerStart,
            (place, _) => place,
        };
    }
}
