//! The listing as it is written: statements on the lines that they were compiled from, as far as
//! the line tables of hostile code can be believed.

/// Blank lines that are written at once to come to a line.
const MAX_GAP: u32 = 20_000;
/// Blank lines in all.
const MAX_BLANK: u32 = 400_000;

/// Collects statements.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    out: String,
    /// The line that is being written, from 1; 0 before the first.
    line: u32,
    blank: u32,
    indent: usize,
    /// Whether the next statement may stand on this line, after a semicolon.
    can_join: bool,
    /// For each open block, whether nothing has been written into it.
    is_empty: Vec<bool>,
}

impl Writer {
    /// Writes a statement that was compiled from `line`.
    pub(crate) fn statement(&mut self, line: u32, text: &str) {
        // The parser takes such a name after a semicolon for a statement's first word.
        let is_soft = ["match", "type", "case"].iter().any(|word| text.starts_with(word));
        if self.can_join && self.line >= line && !is_soft {
            self.out.push_str("; ");
        } else {
            self.go_to(line);
        }
        self.out.push_str(text);
        self.can_join = true;
        if let Some(is_empty) = self.is_empty.last_mut() {
            *is_empty = false;
        }
    }

    /// Opens a block: `def f():`.
    pub(crate) fn open(&mut self, line: u32, header: &str) {
        self.go_to(line);
        self.out.push_str(header);
        self.can_join = false;
        self.indent += 1;
        if let Some(is_empty) = self.is_empty.last_mut() {
            *is_empty = false;
        }
        self.is_empty.push(true);
    }

    /// Closes the innermost block.
    pub(crate) fn close(&mut self) {
        if self.is_empty.last() == Some(&true) {
            self.statement(0, "pass");
        }
        self.is_empty.pop();
        self.indent = self.indent.saturating_sub(1);
        self.can_join = false;
    }

    /// How many blocks are open.
    pub(crate) fn depth(&self) -> usize {
        self.indent
    }

    /// The listing.
    pub(crate) fn finish(mut self) -> String {
        self.out.push('\n');
        self.out
    }

    fn go_to(&mut self, line: u32) {
        if self.line > 0 {
            self.out.push('\n');
        }
        self.line += 1;
        let gap = line.saturating_sub(self.line);
        if gap <= MAX_GAP && self.blank + gap <= MAX_BLANK {
            (0..gap).for_each(|_| self.out.push('\n'));
            self.line += gap;
            self.blank += gap;
        }
        (0..self.indent).for_each(|_| self.out.push(' '));
    }
}

#[cfg(test)]
mod tests {
    use super::Writer;

    #[test]
    fn statements_stand_on_their_lines() {
        let mut writer = Writer::default();
        writer.statement(2, "a = 1");
        writer.statement(2, "b = 2");
        writer.open(3, "def f():");
        writer.statement(3, "return a");
        writer.close();
        writer.statement(3, "f()");
        writer.open(9, "class C:");
        writer.close();
        writer.statement(u32::MAX, "c = 3");
        let text = "\na = 1; b = 2\ndef f():\n return a\nf()\n\n\n\nclass C:\n pass\nc = 3\n";
        assert_eq!(writer.finish(), text);
    }
}
