//! The tables of rights and of scopes, read from `docs/RIGHTS.md`.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::Method;
use chit_chat_http::Needs;

use crate::documented::OPERATIONS;

const SOURCE: &str = include_str!("../../../../docs/RIGHTS.md");
/// The columns of the table.
pub(crate) const ROLES: [&str; 7] = ["nobody", "outsider", "former", "member", "author", "moderator", "owner"];

/// A request, and the expected status for each role.
pub(crate) struct Row {
    pub(crate) operation: &'static str,
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) body: &'static str,
    /// The statuses in the order of `ROLES`, each for a private and a public chatroom.
    statuses: Vec<[u16; 2]>,
}

impl Row {
    fn read(line: &'static str) -> Self {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [operation, request, statuses @ ..] = cells.as_slice() else { panic!("a short row: {line}") };
        let quoted: Vec<&str> = request.split('`').skip(1).step_by(2).collect();
        let (method, path) = quoted[0].split_once(' ').unwrap();
        let statuses: Vec<[u16; 2]> = statuses.iter().map(|cell| read_statuses(cell)).collect();
        assert_eq!(statuses.len(), ROLES.len(), "{line}");
        Self {
            operation: operation.trim_matches('`'),
            method: method.parse().unwrap(),
            path,
            body: quoted.get(1).copied().unwrap_or_default(),
            statuses,
        }
    }

    /// The credential that the operation needs, by the table of scopes.
    pub(crate) fn needs(&self) -> &'static str {
        documented_needs()[self.operation]
    }

    /// The scope that a key needs; `None` if there is none, or keys cannot make the request.
    pub(crate) fn scope(&self) -> Option<&'static str> {
        self.needs().split('`').nth(1)
    }

    /// Returns whether only server keys can make the request.
    pub(crate) fn is_of_application(&self) -> bool {
        self.needs().starts_with("`admin:")
    }

    /// Returns whether keys cannot make the request. The profile is changed by the same operation as the account.
    pub(crate) fn needs_session(&self) -> bool {
        let is_of_account = self.operation == "change_account" && self.body.contains("username");
        self.needs() == "session" || is_of_account
    }

    /// Returns whether the request may change anything.
    pub(crate) fn changes(&self) -> bool {
        self.method != Method::GET
    }

    /// Returns whether the request changes at most the chatroom of the scene, and neither accounts nor other
    /// chatrooms.
    pub(crate) fn is_of_chatroom(&self) -> bool {
        ["/api/chatrooms/{room}", "/api/invitations/"].iter().any(|start| self.path.starts_with(start))
    }

    pub(crate) fn status(&self, role: usize, visibility: &str) -> u16 {
        self.statuses[role][usize::from(visibility == "public")]
    }
}

fn read_statuses(cell: &str) -> [u16; 2] {
    let (private, public) = cell.split_once(" / ").unwrap_or((cell, cell));
    [private, public].map(|status| status.parse().unwrap_or_else(|_| panic!("no status: {cell}")))
}

pub(crate) fn rows() -> Vec<Row> {
    let lines = SOURCE.lines().skip_while(|line| !line.starts_with("| operation"));
    lines.skip(2).take_while(|line| line.starts_with('|')).map(Row::read).collect()
}

/// The credential that each operation needs, by the table of scopes.
fn documented_needs() -> BTreeMap<&'static str, &'static str> {
    let lines = SOURCE.lines().skip_while(|line| !line.starts_with("| needs"));
    let cells = lines.skip(2).map(|line| line.trim_matches('|').split_once('|').unwrap());
    let each = cells.flat_map(|(needs, operations)| {
        operations.split(',').map(move |operation| (operation.trim().trim_matches('`'), needs.trim()))
    });
    each.collect()
}

fn described(needs: Needs) -> String {
    match needs {
        Needs::Nothing => "any".to_owned(),
        Needs::Session => "session".to_owned(),
        Needs::Scope(scope) => format!("`{}`", scope.as_str()),
        Needs::Everywhere(scope) => format!("`{}` (everywhere)", scope.as_str()),
    }
}

#[test]
fn scopes_of_operations_match_routes() {
    let needs = OPERATIONS.iter().map(|it| {
        let needs = chit_chat_http::needs(it.path, &it.method.parse().unwrap());
        (it.id, described(needs.unwrap()))
    });
    let needs: BTreeMap<&str, String> = needs.collect();
    let documented = documented_needs().into_iter().map(|(id, needs)| (id, needs.to_owned()));
    assert_eq!(needs, documented.collect());
}

/// The path without the names of its parameters: `/api/users/{}`.
fn anonymous(path: &str) -> String {
    let path = path.split('?').next().unwrap();
    path.split('{').map(|part| part.split_once('}').map_or(part, |(_, rest)| rest)).collect::<Vec<_>>().join("{}")
}

#[test]
fn operations_and_rows_match() {
    let rows = rows();
    let tried = rows.iter().map(|row| (row.operation, row.method.to_string(), anonymous(row.path)));
    let documented = OPERATIONS.iter().map(|it| (it.id, it.method.clone(), anonymous(it.path)));
    assert_eq!(tried.collect::<BTreeSet<_>>(), documented.collect::<BTreeSet<_>>());
}

#[test]
fn columns_are_roles() {
    let header = SOURCE.lines().find(|line| line.starts_with("| operation")).unwrap();
    let columns: Vec<&str> = header.trim_matches('|').split('|').map(str::trim).collect();
    assert_eq!(columns[2..], ROLES);
}
