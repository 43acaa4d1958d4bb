//! Checks the heads of a client's WebSocket frames (RFC 6455, section 5.2) as they arrive. The library checks them
//! too, but tells few of the faults apart, and refuses a frame that is too large only once all of it is in memory.

use std::fmt;

const LAST_FRAGMENT: u8 = 0x80;
const RESERVED_BITS: u8 = 0x70;
const OPCODE: u8 = 0x0f;
const MASKED: u8 = 0x80;
const LENGTH: u8 = 0x7f;
/// These values of the length say how many bytes follow with the length itself.
const TWO_BYTES: u8 = 126;
const EIGHT_BYTES: u8 = 127;
const LONGEST_CONTROL: u8 = 125;
const MASK: u64 = 4;

/// The fault of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InvalidFrame {
    Malformed,
    TooLarge,
}

/// The heads of a client's frames.
#[derive(Clone, Copy)]
pub(super) struct FrameHeads {
    place: Place,
    /// The maximum length of a frame.
    largest: usize,
}

/// The position in a frame.
#[derive(Clone, Copy)]
enum Place {
    First,
    Second {
        is_control: bool,
    },
    Length {
        missing: u8,
        length: u64,
    },
    /// The mask and the content.
    Rest(u64),
}

impl FrameHeads {
    pub(super) fn new(largest: usize) -> Self {
        Self { place: Place::First, largest }
    }

    /// Returns how many of the bytes precede an invalid one, and its fault.
    pub(super) fn pass(&mut self, bytes: &[u8]) -> (usize, Option<InvalidFrame>) {
        let mut passed = 0;
        while let Some((&byte, rest)) = bytes.get(passed..).and_then(<[u8]>::split_first) {
            let count = match self.place {
                Place::Rest(left) => usize::try_from(left).map_or(1 + rest.len(), |left| left.min(1 + rest.len())),
                _ => 1,
            };
            match self.after(byte, count) {
                Ok(next) => self.place = next,
                Err(fault) => return (passed, Some(fault)),
            }
            passed += count;
        }
        (passed, None)
    }

    /// The position after so many bytes, of which this is the first.
    fn after(self, byte: u8, count: usize) -> Result<Place, InvalidFrame> {
        match self.place {
            Place::First => first(byte),
            Place::Second { is_control } => self.second(byte, is_control),
            Place::Length { missing, length } => {
                let length = length << 8 | u64::from(byte);
                if missing > 1 { Ok(Place::Length { missing: missing - 1, length }) } else { self.content(length) }
            }
            Place::Rest(left) => Ok(match left.saturating_sub(count as u64) {
                0 => Place::First,
                left => Place::Rest(left),
            }),
        }
    }

    fn second(self, byte: u8, is_control: bool) -> Result<Place, InvalidFrame> {
        let length = byte & LENGTH;
        if byte & MASKED == 0 || (is_control && length > LONGEST_CONTROL) {
            return Err(InvalidFrame::Malformed);
        }
        match length {
            TWO_BYTES => Ok(Place::Length { missing: 2, length: 0 }),
            EIGHT_BYTES => Ok(Place::Length { missing: 8, length: 0 }),
            length => self.content(length.into()),
        }
    }

    /// The position before the mask of a frame with this length.
    fn content(self, length: u64) -> Result<Place, InvalidFrame> {
        if i64::try_from(length).is_err() {
            return Err(InvalidFrame::Malformed);
        }
        if length > self.largest as u64 {
            return Err(InvalidFrame::TooLarge);
        }
        Ok(Place::Rest(MASK + length))
    }
}

fn first(byte: u8) -> Result<Place, InvalidFrame> {
    let (opcode, is_last) = (byte & OPCODE, byte & LAST_FRAGMENT != 0);
    let is_control = opcode >= 8;
    let is_known = matches!(opcode, 0..=2 | 8..=10);
    if byte & RESERVED_BITS != 0 || !is_known || (is_control && !is_last) {
        return Err(InvalidFrame::Malformed);
    }
    Ok(Place::Second { is_control })
}

impl fmt::Display for InvalidFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "invalid WebSocket frame",
            Self::TooLarge => "the frame is too large",
        })
    }
}

impl std::error::Error for InvalidFrame {}

#[cfg(test)]
mod tests {
    use super::*;

    const LARGEST: usize = 70_000;

    /// The bytes before the fault, and the fault, if they arrive in pieces of this size.
    fn pass(bytes: &[u8], piece: usize) -> (usize, Option<InvalidFrame>) {
        let (mut heads, mut all) = (FrameHeads::new(LARGEST), 0);
        for piece in bytes.chunks(piece) {
            let (passed, fault) = heads.pass(piece);
            all += passed;
            if fault.is_some() {
                return (all, fault);
            }
            assert_eq!(passed, piece.len());
        }
        (all, None)
    }

    fn frame(first: u8, length: usize) -> Vec<u8> {
        let mut frame = vec![first];
        match u16::try_from(length).unwrap() {
            short @ 0..=125 => frame.push(0x80 | u8::try_from(short).unwrap()),
            long => {
                frame.push(0xfe);
                frame.extend(long.to_be_bytes());
            }
        }
        // The content looks like malformed heads.
        frame.resize(frame.len() + 4 + length, 0xff);
        frame
    }

    #[test]
    fn valid_frames_pass_in_any_pieces() {
        let large = [&[0x81, 0xff][..], &(LARGEST as u64).to_be_bytes(), &vec![0xff; 4 + LARGEST]].concat();
        let frames = [
            frame(0x81, 0),
            frame(0x82, 125),
            frame(0x01, 126),
            frame(0x89, 125),
            frame(0x00, 5_000),
            frame(0x80, 0),
            frame(0x88, 2),
            large,
            frame(0x8a, 0),
        ];
        let bytes = frames.concat();
        for piece in [1, 2, 3, 7, 4_096, bytes.len()] {
            assert_eq!(pass(&bytes, piece), (bytes.len(), None));
        }
    }

    #[test]
    fn fault_is_found_at_its_byte() {
        let good = [frame(0x81, 300), frame(0x89, 1)].concat();
        let large = (LARGEST as u64 + 1).to_be_bytes();
        for (head, before, fault) in [
            (&[0xc1][..], 0, InvalidFrame::Malformed),
            (&[0x83], 0, InvalidFrame::Malformed),
            (&[0x8b], 0, InvalidFrame::Malformed),
            (&[0x09], 0, InvalidFrame::Malformed),
            (&[0x81, 0x00], 1, InvalidFrame::Malformed),
            (&[0x89, 0xfe], 1, InvalidFrame::Malformed),
            (&[&[0x81, 0xff][..], &[0xff; 8]].concat(), 9, InvalidFrame::Malformed),
            (&[&[0x81, 0xff][..], &large].concat(), 9, InvalidFrame::TooLarge),
        ] {
            let bytes = [&good, head, b"more"].concat();
            for piece in [1, 5, bytes.len()] {
                assert_eq!(pass(&bytes, piece), (good.len() + before, Some(fault)), "{head:?}");
            }
        }
    }
}
