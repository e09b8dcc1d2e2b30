//! Reads one flat JSON object without building a tree: fifty frames a second come in,
//! and of each we want two members. The whole text is checked, nested values included, so that half a
//! frame is never taken for a frame.

/// Arrays and objects deeper than this are refused: the stack in wasm is small.
const MAX_DEPTH: u32 = 32;

/// Who gets a member: its name, its value where that is a string, and the value as it was written.
pub type Visit<'v> = dyn FnMut(&str, Option<String>, &str) + 'v;

/// Reads one JSON object and hands its members to `visit` in order.
///
/// Returns whether the text was one well-formed object and nothing else; where it was not, `visit` may
/// have seen some of the members, and the caller throws away what it gathered.
pub fn read_object(text: &str, visit: &mut Visit) -> bool {
    let mut reader = Reader { text, at: 0 };
    reader.space();
    reader.object(0, Some(visit)).is_some() && {
        reader.space();
        reader.at == text.len()
    }
}

/// The members of a flat object that are strings, by name; nothing where the text is no object. A
/// member that is missing or no string is `None`; of two with one name the last counts.
pub fn texts<const N: usize>(text: &str, names: [&str; N]) -> Option<[Option<String>; N]> {
    let mut found = [const { None }; N];
    gather(text, &names, &mut found).then_some(found)
}

/// One function for all numbers of names.
fn gather(text: &str, names: &[&str], found: &mut [Option<String>]) -> bool {
    read_object(text, &mut |key, value, _| {
        let mut slots = names.iter().zip(&mut *found);
        if let Some((_, slot)) = slots.find(|(name, _)| **name == key) {
            *slot = value;
        }
    })
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Takes this byte, or fails.
    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn object(&mut self, depth: u32, mut visit: Option<&mut Visit>) -> Option<()> {
        self.list(b'{', b'}', depth, &mut |reader, depth| {
            let key = reader.string()?;
            reader.space();
            reader.take(b':')?;
            reader.space();
            let from = reader.at;
            let value = reader.value(depth)?;
            if let Some(visit) = visit.as_mut() {
                visit(&key, value, reader.text.get(from..reader.at)?);
            }
            Some(())
        })
    }

    /// What objects and arrays share: brackets around items between commas.
    fn list(
        &mut self,
        open: u8,
        close: u8,
        depth: u32,
        item: &mut dyn FnMut(&mut Self, u32) -> Option<()>,
    ) -> Option<()> {
        if depth == MAX_DEPTH {
            return None;
        }
        self.take(open)?;
        self.space();
        if self.take(close).is_some() {
            return Some(());
        }
        loop {
            self.space();
            item(self, depth + 1)?;
            self.space();
            if self.take(close).is_some() {
                return Some(());
            }
            self.take(b',')?;
        }
    }

    /// A value, and its text where it is a string.
    fn value(&mut self, depth: u32) -> Option<Option<String>> {
        match self.peek()? {
            b'"' => return self.string().map(Some),
            b'{' => self.object(depth, None)?,
            b'[' => self.list(b'[', b']', depth, &mut |reader, depth| {
                reader.value(depth).map(drop)
            })?,
            b't' => self.word("true")?,
            b'f' => self.word("false")?,
            b'n' => self.word("null")?,
            _ => self.number()?,
        }
        Some(None)
    }

    fn word(&mut self, word: &str) -> Option<()> {
        self.text
            .get(self.at..)?
            .starts_with(word)
            .then(|| self.at += word.len())
    }

    fn digits(&mut self) -> Option<()> {
        let from = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        (self.at > from).then_some(())
    }

    fn number(&mut self) -> Option<()> {
        let _ = self.take(b'-');
        if self.take(b'0').is_none() {
            self.digits()?;
        }
        if self.take(b'.').is_some() {
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Some(())
    }

    fn string(&mut self) -> Option<String> {
        self.take(b'"')?;
        let mut out = String::new();
        loop {
            let run = self.at;
            while !matches!(self.peek()?, b'"' | b'\\' | 0..0x20) {
                self.at += 1;
            }
            out.push_str(self.text.get(run..self.at)?);
            if self.take(b'"').is_some() {
                return Some(out);
            }
            self.take(b'\\')?;
            let letter = self.peek()?;
            self.at += 1;
            out.push(match letter {
                b'"' | b'\\' | b'/' => letter as char,
                b'b' => '\u{8}',
                b'f' => '\u{c}',
                b'n' => '\n',
                b'r' => '\r',
                b't' => '\t',
                b'u' => self.unicode_escape()?,
                _ => return None,
            });
        }
    }

    /// The character behind `\u`; half a surrogate pair is refused.
    fn unicode_escape(&mut self) -> Option<char> {
        let first = self.hex4()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first);
        }
        self.take(b'\\')?;
        self.take(b'u')?;
        let second = self
            .hex4()?
            .checked_sub(0xdc00)
            .filter(|low| *low < 0x400)?;
        char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + second)
    }

    fn hex4(&mut self) -> Option<u32> {
        let mut number = 0;
        for _ in 0..4 {
            number = number * 16 + (self.peek()? as char).to_digit(16)?;
            self.at += 1;
        }
        Some(number)
    }
}
