//! Connections and transactions of this engine.

use chit_chat_relational::pool::Pool;

pub(crate) type Conn = diesel::PgConnection;
pub(crate) type Tx<'a> = chit_chat_relational::commits::Tx<'a, Conn>;
pub(crate) type Connections = Pool<Conn>;
