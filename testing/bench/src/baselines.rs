//! The baseline of each measurement.

use crate::point::{Engine, Point, Subject, Work};

const POSTGRES: Subject = Subject::Server(Engine::Postgres);
const SQLITE: Subject = Subject::Server(Engine::Sqlite);

/// The baseline of a point.
pub(crate) fn baseline(point: Point) -> Option<Point> {
    match (point.subject, point.work) {
        (POSTGRES, Work::Send | Work::SendHot) => Some(Subject::Pgbench.at(point.work, point.connections)),
        (POSTGRES, Work::Page) => Some(Subject::Pgbench.at(Work::Page, 8)),
        (SQLITE, Work::Send | Work::SendHot) => Some(Subject::BareSqlite.at(point.work, 1)),
        (SQLITE, Work::Page) => Some(Subject::Actix.at(Work::Page, point.connections)),
        (subject, Work::SendDuringLogins) => Some(subject.at(Work::Send, point.connections)),
        (subject, Work::SendLong) => Some(subject.at(Work::SendShort, point.connections)),
        (subject, Work::PageLong) => Some(subject.at(Work::PageShort, point.connections)),
        _ => None,
    }
}

/// The same number of connections to actix-web alone, which answers a read with the same bytes and a send with a
/// hello.
pub(crate) fn actix_alone(point: Point) -> Option<Point> {
    let work = if point.work.is_send() { Work::Hello } else { Work::Page };
    matches!(point.subject, Subject::Server(_)).then(|| Subject::Actix.at(work, point.connections))
}
