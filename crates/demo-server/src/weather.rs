//! Weather that is the same every day.

use serde_json::{Value, json};

/// City, degrees Celsius, conditions, humidity in percent.
const WEATHER: [(&str, f64, &str, u8); 6] = [
    ("Chicago", 4.0, "light rain", 82),
    ("Lisbon", 19.5, "sunny", 58),
    ("Nairobi", 23.0, "cloudy", 64),
    ("New York", 7.5, "cloudy", 71),
    ("Oslo", -3.0, "snow", 88),
    ("Singapore", 31.0, "thunderstorm", 90),
];

/// The cities that have weather.
pub fn cities() -> Vec<&'static str> {
    WEATHER.iter().map(|(city, ..)| *city).collect()
}

/// The weather in a city.
pub fn of(city: &str) -> Option<Value> {
    let (city, temperature, conditions, humidity) = WEATHER.iter().find(|(name, ..)| *name == city)?;
    Some(json!({"city": city, "temperature": temperature, "conditions": conditions, "humidity": humidity}))
}
