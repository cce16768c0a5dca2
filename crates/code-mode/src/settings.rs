//! The limits of a run, as an operator sets them.

use std::borrow::Cow;

/// A limit that an operator can set: a Spin variable with a default and a hard maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Name of the Spin variable.
    pub name: &'static str,
    /// Value when the variable is empty.
    pub default: u64,
    /// The largest value that is accepted.
    pub maximum: u64,
}

/// A variable that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the variable {name} is {value:?}; it must be a whole number from 1 to {maximum}")]
pub struct InvalidSetting {
    pub name: &'static str,
    pub value: String,
    pub maximum: u64,
}

macro_rules! settings {
    ($($(#[$doc:meta])* $field:ident = $default:expr, at most $maximum:expr;)*) => {
        /// The settings of Code Mode, by the names of their variables.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct Settings {
            $($(#[$doc])* pub $field: u64,)*
        }

        impl Settings {
            /// Every setting, in the order of the fields.
            pub const ALL: &'static [Setting] =
                &[$(Setting { name: stringify!($field), default: $default, maximum: $maximum },)*];

            /// Reads every variable through `value_of`; an empty value means the default.
            pub fn read(mut value_of: impl FnMut(&'static str) -> String) -> Result<Self, InvalidSetting> {
                Ok(Self {
                    $($field: {
                        let setting = Setting { name: stringify!($field), default: $default, maximum: $maximum };
                        setting.read(value_of(setting.name))?
                    },)*
                })
            }
        }

        impl Default for Settings {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }
    };
}

settings! {
    /// Milliseconds of wall time of a run.
    run_timeout = 25_000, at most 300_000;
    /// Milliseconds that a script may compute; waiting for tools does not count.
    run_compute = 2_000, at most 60_000;
    /// Bytes of interpreter memory.
    run_memory = 32 << 20, at most 256 << 20;
    /// Tool calls of a run.
    run_calls = 50, at most 10_000;
    /// Tool calls that are under way at the same time.
    run_in_flight = 16, at most 256;
    /// Bytes of code.
    run_code = 256 << 10, at most 1 << 20;
    /// Bytes of the result that an agent gets; more is cut.
    run_result = 256 << 10, at most 4 << 20;
    /// Bytes of images, audio and resources in a result.
    run_media = 4 << 20, at most 10 << 20;
    /// Bytes of log text that an agent gets; more is left out.
    run_logs = 32 << 10, at most 1 << 20;
    /// Bytes of the message of an error that an agent gets; more is cut.
    error_message = 8 << 10, at most 256 << 10;
    /// Bytes of the stack of an error.
    error_stack = 4 << 10, at most 64 << 10;
    /// Bytes of each name of a server, a tool, an error or a function, in errors and lists of calls.
    error_name = 256, at most 4 << 10;
    /// Bytes of the `data` of an error, as JSON.
    error_data = 64 << 10, at most 256 << 10;
    /// Calls that are listed with the answer of a run; the others are counted.
    listed_calls = 1_000, at most 10_000;
    /// Bytes of a request's body.
    request_body = 4 << 20, at most 10 << 20;
    /// Milliseconds until a request's body must be there.
    request_timeout = 30_000, at most 300_000;
    /// Days after which what was learned of a tool's results is forgotten.
    learned_days = 7, at most 365;
    /// Tokens (characters / 4) up to which all signatures stand in the description of `execute_code`.
    inline_catalog = 2_000, at most 100_000;
}

impl Settings {
    /// A name as errors and lists of calls have it.
    pub(crate) fn name(self, name: &str) -> Cow<'_, str> {
        truncation::text(name, bytes(self.error_name))
    }

    /// What an error says, as an agent gets it.
    pub(crate) fn message(self, message: &str) -> Cow<'_, str> {
        truncation::text(message, bytes(self.error_message))
    }

    /// The `data` of an error, as JSON text.
    pub(crate) fn data(self, data: String) -> String {
        const ADVICE: &str = "Whoever calls the tool can ask for less.";
        let limit_bytes = bytes(self.error_data);
        match data.len() > limit_bytes {
            true => match serde_json::from_str(&data) {
                Ok(value) => truncation::value(value, limit_bytes, "data of the error", ADVICE).0.to_string(),
                Err(_) => data,
            },
            false => data,
        }
    }
}

/// A number of bytes as this machine counts them.
pub(crate) fn bytes(setting: u64) -> usize {
    usize::try_from(setting).unwrap_or(usize::MAX)
}

impl Setting {
    fn read(self, value: String) -> Result<u64, InvalidSetting> {
        let text = value.trim();
        if text.is_empty() {
            return Ok(self.default);
        }
        match text.parse() {
            Ok(number) if (1..=self.maximum).contains(&number) => Ok(number),
            _ => Err(InvalidSetting { name: self.name, value, maximum: self.maximum }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &str, value: &str) -> Result<Settings, InvalidSetting> {
        Settings::read(|variable| if variable == name { value.to_string() } else { String::new() })
    }

    #[test]
    fn empty_variables_mean_the_defaults() {
        assert_eq!(Settings::read(|_| String::new()), Ok(Settings::default()));
    }

    #[test]
    fn every_setting_is_read_up_to_its_maximum_and_not_beyond() {
        for setting in Settings::ALL {
            assert!(setting.default <= setting.maximum);
            assert!(with(setting.name, &setting.maximum.to_string()).is_ok(), "{}", setting.name);
            for wrong in ["0", "-1", "1.5", "ten", &(setting.maximum + 1).to_string()] {
                let error = with(setting.name, wrong).expect_err(setting.name);
                assert!(error.to_string().contains(setting.name), "{error}");
            }
        }
        assert_eq!(with("run_timeout", " 500 ").map(|settings| settings.run_timeout), Ok(500));
    }
}
