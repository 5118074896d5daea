//! Passwords that somebody types, or pipes in.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _};

use crate::cli::CliError;

/// Most bytes that are read of standard input: more than any password may have.
const LONGEST: u64 = 4096;

/// A new password: the first line of standard input if that is asked for, else typed twice without being shown.
pub(super) fn new_password(from_stdin: bool, user: &str) -> Result<String, CliError> {
    if from_stdin {
        return first_line();
    }
    if !io::stdin().is_terminal() {
        let told =
            "there is no terminal to type a password at: pipe it in and add --password-stdin";
        return Err(CliError::Usage(told.to_owned()));
    }
    let ask = |prompt: String| {
        rpassword::prompt_password(prompt)
            .map_err(|error| CliError::failed("read the password", error))
    };
    let password = ask(format!("Password for {user}: "))?;
    if ask("The same again: ".to_owned())? != password {
        return Err(CliError::Refused("the two passwords differ".to_owned()));
    }
    Ok(password)
}

fn first_line() -> Result<String, CliError> {
    let mut line = String::new();
    io::stdin()
        .lock()
        .take(LONGEST)
        .read_line(&mut line)
        .map_err(|error| CliError::failed("read the password from standard input", error))?;
    let end = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(end);
    Ok(line)
}
