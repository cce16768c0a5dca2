//! What the operator set.

use crate::refusal::Refusal;
use code_mode::settings::Settings;
use spin_sdk::variables;
use std::{collections::HashMap, rc::Rc};

thread_local! {
    static CONFIGURATION: std::cell::RefCell<Option<Rc<Configuration>>> = const { std::cell::RefCell::new(None) };
}

/// What the operator set, through Spin variables.
pub struct Configuration {
    pub settings: Settings,
}

impl Configuration {
    /// Reads the variables, once per instance. The error names the variable that cannot be used.
    pub async fn read() -> Result<Rc<Self>, Refusal> {
        if let Some(known) = CONFIGURATION.with_borrow(Clone::clone) {
            return Ok(known);
        }
        let mut values = HashMap::new();
        for setting in Settings::ALL {
            values.insert(setting.name, value_of(setting.name).await?);
        }
        let settings = Settings::read(|name| values.remove(name).unwrap_or_default())
            .map_err(|error| Refusal::Misconfigured(error.to_string()))?;
        let configuration = Rc::new(Self { settings });
        CONFIGURATION.set(Some(configuration.clone()));
        Ok(configuration)
    }

    /// Bytes of a request's body at the most.
    pub fn request_body_bytes(&self) -> usize {
        usize::try_from(self.settings.request_body).unwrap_or(usize::MAX)
    }
}

/// A variable that the manifest does not declare counts as empty.
async fn value_of(name: &str) -> Result<String, Refusal> {
    match variables::get(name).await {
        Ok(value) => Ok(value),
        Err(variables::Error::Undefined(_)) => Ok(String::new()),
        Err(error) => Err(Refusal::Misconfigured(format!("The variable {name} cannot be read: {error}"))),
    }
}
