//! The points of each round in their order: each directly next to its baseline.

use std::time::Duration;

use anyhow::{Result, ensure};

use crate::claims;
use crate::options::Options;
use crate::point::{Engine, Length, Point, Subject, Work};

/// A table of the report.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    pub(crate) title: &'static str,
    pub(crate) points: Vec<Point>,
}

const CONNECTIONS: [u32; 4] = [1, 8, 32, 256];
const POSTGRES: Subject = Subject::Server(Engine::Postgres);
const SQLITE: Subject = Subject::Server(Engine::Sqlite);

/// All points.
fn full() -> Vec<Section> {
    vec![
        Section { title: "Sends on PostgreSQL", points: sends_on_postgres() },
        Section { title: "Sends on SQLite", points: sends_on_sqlite() },
        Section { title: "Pages on PostgreSQL", points: pages_on_postgres() },
        Section { title: "Pages on SQLite", points: pages_on_sqlite() },
        Section { title: "Short and long history", points: history() },
        Section { title: "actix alone", points: CONNECTIONS.map(|n| Subject::Actix.at(Work::Hello, n)).to_vec() },
    ]
}

/// The points that the options select.
pub(crate) fn chosen(options: &Options) -> Result<Vec<Section>> {
    let mut sections = full();
    for section in &mut sections {
        section.points.retain(|point| options.asks_for(*point) && (!options.quick || claims::need(*point)));
    }
    sections.retain(|section| !section.points.is_empty());
    ensure!(!sections.is_empty() || options.selects_streams(), "nothing that is measured is called so");
    Ok(sections)
}

/// Goals get more time than other points, and sends among them most, because their throughput varies widely.
pub(crate) fn length(point: Point, quick: bool) -> Length {
    let seconds = match (quick, is_about_history(point.work)) {
        (true, true) => 1,
        (true, false) => 2,
        (false, _) if !claims::need(point) => 2,
        (false, true) if point.work.is_send() => 5,
        (false, true) => 3,
        (false, false) => 4,
    };
    Length { warm_up: Duration::from_secs(1), measured: Duration::from_secs(seconds) }
}

fn is_about_history(work: Work) -> bool {
    matches!(work, Work::SendShort | Work::SendLong | Work::PageShort | Work::PageLong)
}

fn sends_on_postgres() -> Vec<Point> {
    let mut points = Vec::new();
    for n in CONNECTIONS {
        points.extend([POSTGRES.at(Work::Send, n), Subject::Pgbench.at(Work::Send, n)]);
        if n == claims::CONNECTIONS {
            points.push(POSTGRES.at(Work::SendDuringLogins, n));
        }
    }
    for n in CONNECTIONS {
        points.extend([POSTGRES.at(Work::SendHot, n), Subject::Pgbench.at(Work::SendHot, n)]);
    }
    points
}

fn sends_on_sqlite() -> Vec<Point> {
    let mut points = Vec::new();
    for work in [Work::Send, Work::SendHot] {
        for n in CONNECTIONS {
            points.push(SQLITE.at(work, n));
            if n == claims::CONNECTIONS {
                points.push(Subject::BareSqlite.at(work, 1));
            }
            if n == claims::CONNECTIONS && work == Work::Send {
                points.push(SQLITE.at(Work::SendDuringLogins, n));
            }
        }
    }
    points
}

fn pages_on_postgres() -> Vec<Point> {
    let mut points: Vec<Point> = CONNECTIONS.map(|n| POSTGRES.at(Work::Page, n)).to_vec();
    let compared_at = points.iter().position(|point| point.connections == claims::CONNECTIONS).unwrap_or_default();
    points.insert(compared_at + 1, Subject::Pgbench.at(Work::Page, 8));
    points
}

fn pages_on_sqlite() -> Vec<Point> {
    CONNECTIONS.iter().flat_map(|n| [SQLITE.at(Work::Page, *n), Subject::Actix.at(Work::Page, *n)]).collect()
}

fn history() -> Vec<Point> {
    // Pages come first, because sends lengthen the short history.
    let works = [Work::PageShort, Work::PageLong, Work::SendShort, Work::SendLong];
    let on = |subject: Subject| works.map(|work| subject.at(work, claims::CONNECTIONS));
    [on(POSTGRES), on(SQLITE)].concat()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use clap::Parser;

    use super::*;
    use crate::baselines::baseline;

    fn points(arguments: &[&str]) -> Vec<Point> {
        let options = Options::parse_from([&["bench"], arguments].concat());
        chosen(&options).unwrap().into_iter().flat_map(|section| section.points).collect()
    }

    #[test]
    fn points_are_measured_once_with_baselines() {
        for points in [points(&[]), points(&["--quick"])] {
            let measured: HashSet<Point> = points.iter().copied().collect();
            assert_eq!(measured.len(), points.len());
            assert!(points.iter().filter_map(|point| baseline(*point)).all(|point| measured.contains(&point)));
        }
    }

    #[test]
    fn compared_points_are_adjacent() {
        let points = points(&[]);
        let place = |wanted: Point| points.iter().position(|point| *point == wanted).unwrap();
        for point in points.iter().filter(|point| claims::need(**point)) {
            if let Some(baseline) = baseline(*point) {
                assert!(place(*point).abs_diff(place(baseline)) <= 2, "{point}");
            }
        }
    }

    #[test]
    fn name_parts_select_points() {
        let points = points(&["--only", "hello", "--only", "pgbench, latest"]);
        assert_eq!(points.len(), 5);
        assert!(chosen(&Options::parse_from(["bench", "--only", "goodbye"])).is_err());
    }
}
