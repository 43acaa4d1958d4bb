//! A WebSocket that sends frames which no library would send.

use std::io::{self, ErrorKind};

use anyhow::{Result, ensure};
use serde_json::Value;

use super::wire::Wire;

const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const MASKED: u8 = 0x80;
const FINAL: u8 = 0x80;
/// Stands for a length of two bytes that follow.
const LONG: u8 = 0x7e;

/// An open WebSocket.
#[derive(Debug)]
pub(crate) struct Socket {
    wire: Wire,
}

impl Socket {
    /// Opens a WebSocket that has not started yet.
    pub(crate) fn open(address: &str) -> Result<Self> {
        let mut wire = Wire::connect(address)?;
        let lines = [
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Protocol: chit-chat.v1",
        ];
        wire.head("GET", "/api/ws", &lines.map(str::to_owned))?;
        wire.write(b"\r\n")?;
        wire.expect_answer()?.expect(101)?;
        Ok(Self { wire })
    }

    /// A frame of at most 65,535 bytes, masked with zeros.
    pub(crate) fn frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
        let length = u16::try_from(payload.len()).unwrap_or(u16::MAX);
        let length = match u8::try_from(length) {
            Ok(short) if short < LONG => vec![MASKED | short],
            _ => [&[MASKED | LONG], length.to_be_bytes().as_slice()].concat(),
        };
        [&[FINAL | opcode], length.as_slice(), &[0; 4], payload].concat()
    }

    /// A part of a message that is not its last.
    pub(crate) fn fragment(opcode: u8, payload: &[u8]) -> Vec<u8> {
        let mut frame = Self::frame(opcode, payload);
        if let Some(first) = frame.first_mut() {
            *first &= !FINAL;
        }
        frame
    }

    pub(crate) fn send(&mut self, message: &Value) -> io::Result<()> {
        self.write(&Self::frame(TEXT, message.to_string().as_bytes()))
    }

    pub(crate) fn write(&mut self, frames: &[u8]) -> io::Result<()> {
        self.wire.write(frames)
    }

    /// Reads to the end, and returns the code with which the server closed the WebSocket, unless a reset of the
    /// connection overtook it.
    pub(crate) fn close_code(&mut self) -> Result<Option<u16>> {
        let mut received = Vec::new();
        match self.wire.read_to_end(&mut received) {
            Err(error) if error.kind() != ErrorKind::ConnectionReset => return Err(error.into()),
            _ => {}
        }
        let mut rest = received.as_slice();
        while let [opcode, length, tail @ ..] = rest {
            let (length, tail) = match (*length, tail) {
                (LONG, [high, low, tail @ ..]) => (usize::from(u16::from_be_bytes([*high, *low])), tail),
                (length, tail) => (usize::from(length), tail),
            };
            let Some((payload, next)) = tail.split_at_checked(length) else {
                break;
            };
            if opcode & 0x0f == CLOSE {
                let code = payload.first_chunk().copied().map(u16::from_be_bytes);
                ensure!(code.is_some(), "closed without a code");
                return Ok(code);
            }
            rest = next;
        }
        Ok(None)
    }
}
