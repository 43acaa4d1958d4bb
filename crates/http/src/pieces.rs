//! A body that is written in pieces: actix copies each piece into its buffer, and waits for the client to read
//! before it asks for more. A whole file would be copied at once, for every client that does not read.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;

const PIECE: usize = 32 * 1024;

/// Bytes to write in pieces.
pub(crate) struct Pieces(Bytes);

impl From<Bytes> for Pieces {
    fn from(bytes: Bytes) -> Self {
        Self(bytes)
    }
}

impl MessageBody for Pieces {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.0.len() as u64)
    }

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        let length = self.0.len().min(PIECE);
        Poll::Ready((length > 0).then(|| Ok(self.0.split_to(length))))
    }

    fn try_into_bytes(self) -> Result<Bytes, Self> {
        if self.0.len() <= PIECE { Ok(self.0) } else { Err(self) }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;

    use super::*;

    #[actix_web::test]
    async fn pieces_add_up_to_the_whole() {
        for length in [0, 1, PIECE, PIECE + 1, 5 * PIECE] {
            let whole: Bytes = b"0123456789".repeat(length).split_off(9 * length).into();
            let pieces = Pieces::from(whole.clone());
            assert_eq!(pieces.size(), BodySize::Sized(length as u64));
            assert_eq!(to_bytes(pieces).await.unwrap(), whole);
        }
    }
}
