//! The function's settings.

use runtime::{Reader, SettingsError};

use crate::executions::StateMachineArn;

/// The function's settings.
#[derive(Debug)]
pub struct Config {
    /// `APP_TABLE`: the application's table.
    pub app_table: String,
    /// `FORMATION_STATE_MACHINE_ARN`: the state machine that is started.
    pub state_machine: StateMachineArn,
}

impl Config {
    /// Reads the settings.
    pub fn read(mut reader: Reader<'_>) -> Result<Self, SettingsError> {
        let app_table = reader.text("APP_TABLE");
        let state_machine = reader.parsed("FORMATION_STATE_MACHINE_ARN");
        reader.finish_with(|| Some(Self { app_table, state_machine: state_machine? }))
    }
}
