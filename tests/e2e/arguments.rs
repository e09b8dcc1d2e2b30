//! `[--exact] [--list] [--lanes N] [filter…]`, as far as they are cargo's own: those of its test programs.

/// What the command line asks for.
pub struct Arguments {
    filters: Vec<String>,
    exact: bool,
    /// Say what there is, and do nothing.
    pub list: bool,
    /// How many trials are made side by side.
    pub lanes: usize,
}

/// Two thirds of a trial is waiting: one lane more than there are cores keeps them busy.
fn usual_lanes() -> usize {
    std::thread::available_parallelism().map_or(2, |cores| cores.get() + 1)
}

impl Arguments {
    pub fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut read = Self {
            filters: Vec::new(),
            exact: false,
            list: false,
            lanes: usual_lanes(),
        };
        while let Some(word) = words.next() {
            match word.as_str() {
                "--exact" => read.exact = true,
                "--list" => read.list = true,
                "--lanes" => {
                    let number = words.next().and_then(|number| number.parse().ok());
                    read.lanes = number.filter(|n| *n > 0).ok_or("--lanes needs a number")?;
                }
                flag if flag.starts_with("--") => {
                    return Err(format!(
                        "{flag}: not known; [--exact] [--list] [--lanes N] [filter…]"
                    ));
                }
                _ => read.filters.push(word),
            }
        }
        Ok(read)
    }

    /// Whether nothing was left out.
    pub fn wants_all(&self) -> bool {
        self.filters.is_empty()
    }

    /// Whether a test of this name is asked for.
    pub fn wants(&self, name: &str) -> bool {
        let named = |filter: &String| match self.exact {
            true => name == filter,
            false => name.contains(filter.as_str()),
        };
        self.filters.is_empty() || self.filters.iter().any(named)
    }
}
