use memchr::memmem;

/// How a small package's installed Python is written, told from its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    /// Texts in three quotes: docstrings, mostly.
    pub texts: usize,
    /// Errors that it raises.
    pub raises: usize,
    /// Lines.
    pub lines: usize,
    /// Comments, and what else has the sign of one.
    pub comments: usize,
    /// Whether it says what it exports, or is of parts that import each other.
    pub is_composed: bool,
    /// Handlers that take every error.
    pub silenced: usize,
    /// Bytes of its longest line, of its setup script too.
    pub longest_line: usize,
}

impl Style {
    /// Adds what one source shows.
    pub fn add(&mut self, source: &[u8]) {
        let count = |text: &str| memmem::find_iter(source, text.as_bytes()).count();
        self.texts += (count("\"\"\"") + count("'''")) / 2;
        self.raises += count("raise ");
        self.comments += count("#");
        self.is_composed |= count("__all__") + count("from .") > 0;
        self.lines += count("\n");
        self.silenced += count("except:");
        self.add_lines(source);
    }

    /// Adds the longest line alone.
    pub fn add_lines(&mut self, source: &[u8]) {
        let lines = source.split(|byte| *byte == b'\n').map(<[u8]>::len);
        self.longest_line = self.longest_line.max(lines.max().unwrap_or_default());
    }
}
