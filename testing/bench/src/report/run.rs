//! A run of the benchmark.

use std::time::Duration;

use super::streams::Streams;
use crate::fill::Size;
use crate::plan::Section;
use crate::point::Point;

/// The circumstances of the measurements.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) machine: Vec<(&'static str, String)>,
    pub(crate) sections: Vec<Section>,
    pub(crate) size: Size,
    pub(crate) rounds: usize,
    pub(crate) took: Duration,
    pub(crate) quick: bool,
    pub(crate) streams: Vec<Streams>,
}

impl Run {
    /// All measured points, in the order of the tables.
    pub(super) fn points(&self) -> impl Iterator<Item = Point> {
        self.sections.iter().flat_map(|section| section.points.iter().copied())
    }
}
