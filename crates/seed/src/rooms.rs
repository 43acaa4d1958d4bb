//! The rooms, each with its own script.

use super::parse_error::ParseError;
use super::people::People;
use super::plan::Plan;
use super::scripts::Script;
use super::words::Words;

macro_rules! script {
    ($slug:literal) => {
        ($slug, concat!("rooms/", $slug, ".txt"), include_str!(concat!("rooms/", $slug, ".txt")))
    };
}

const SCRIPTS: [(&str, &str, &str); 15] = [
    script!("announcements"),
    script!("lounge"),
    script!("kitchen"),
    script!("rust"),
    script!("walks"),
    script!("lantern"),
    script!("books"),
    script!("lunch"),
    script!("tea"),
    script!("badminton"),
    script!("coffee"),
    script!("athens"),
    script!("football"),
    script!("surprise"),
    script!("matt-and-beth"),
];

/// The plans of all rooms.
pub(crate) fn plans(people: &People) -> Result<Vec<Plan>, ParseError> {
    let common = Words::common()?;
    SCRIPTS
        .iter()
        .zip(1..)
        .map(|(&(slug, file, text), seed)| Plan::new(slug, &Script::parse(file, text)?, people, &common, seed))
        .collect()
}
