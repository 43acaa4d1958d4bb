//! Breaks prose at the width of the project's documents.

const WIDTH: usize = 115;

/// Breaks each line before it exceeds the width. Tables stay as they are.
pub(super) fn wrap(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(wrap_line).collect();
    lines.join("\n")
}

/// Indents the continuation lines of a list item.
fn wrap_line(line: &str) -> String {
    if line.starts_with('|') {
        return line.to_owned();
    }
    let indent = if line.starts_with("- ") { "  " } else { "" };
    let mut wrapped = String::new();
    let mut column = 0;
    for word in line.split(' ') {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > WIDTH {
            wrapped.push('\n');
            wrapped.push_str(indent);
            column = indent.len();
        } else if column > 0 {
            wrapped.push(' ');
            column += 1;
        }
        wrapped.push_str(word);
        column += length;
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_wrapped_and_tables_are_not() {
        let [short, long] = [60, 115].map(|length| "x".repeat(length));
        assert_eq!(wrap(&format!("{short} {short}\n\n{long}")), format!("{short}\n{short}\n\n{long}"));
        assert_eq!(wrap(&format!("- {short} {short}")), format!("- {short}\n  {short}"));
        let table = format!("| {short} | {short} |");
        assert_eq!(wrap(&table), table);
    }
}
