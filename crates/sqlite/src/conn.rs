//! Connections and transactions of this engine.

pub(crate) type Conn = diesel::SqliteConnection;
pub(crate) type Tx<'a> = chit_chat_relational::commits::Tx<'a, Conn>;
