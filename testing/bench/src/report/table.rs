//! A Markdown table with aligned columns, so that its source is readable too.

/// Renders a table whose first row is the head. Columns are right-aligned, except those in `left`.
pub(super) fn table(rows: &[Vec<String>], left: &[usize]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max())
        .map(|width| width.unwrap_or_default().max(3))
        .collect();
    let mut lines: Vec<String> = rows.iter().map(|row| line(row, &widths, left)).collect();
    let rule: Vec<String> = widths
        .iter()
        .enumerate()
        .map(
            |(column, width)| {
                if is_left(column, left) { "-".repeat(*width) } else { format!("{}:", "-".repeat(width - 1)) }
            },
        )
        .collect();
    lines.insert(lines.len().min(1), line(&rule, &widths, left));
    lines.join("\n")
}

fn line(row: &[String], widths: &[usize], left: &[usize]) -> String {
    let cells = widths.iter().enumerate().map(|(column, &width)| {
        let cell = row.get(column).map_or("", String::as_str);
        if is_left(column, left) { format!("{cell:width$}") } else { format!("{cell:>width$}") }
    });
    format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
}

fn is_left(column: usize, left: &[usize]) -> bool {
    left.contains(&column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let rows = [["work", "per second"], ["a hello", "1,000"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(
            table(&rows, &[0]),
            "| work    | per second |\n| ------- | ---------: |\n| a hello |      1,000 |"
        );
    }
}
