//! The emulator's process: started with a clean environment on the loopback interface, found again by later
//! commands through a file, stopped with all its children.

use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};

use crate::emulator::{ACCESS_KEY, Emulator};
use crate::layout::{Layout, StackName};
use crate::process::{end, is_running, tail};
use crate::tools::Tools;

/// How long the emulator may take to answer; it needs about two seconds on an idle machine.
const START_LIMIT: Duration = Duration::from_secs(90);

/// How an emulator is started.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// The stack it is for.
    pub name: StackName,
    /// Its port; a free one if none is given.
    pub port: Option<u16>,
    /// The region it plays.
    pub region: String,
    /// Keep the state on disk and go on with it at the next start.
    pub keep: bool,
    /// Factor on the waits of state machines; 0 skips them.
    pub wait_scale: Option<f64>,
}

/// A process that belongs to a stack.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// Text in its command line by which it is known.
    pub marker: String,
}

/// A running emulator, as written to its stack's state folder.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Server {
    /// The stack.
    pub name: String,
    /// The port on 127.0.0.1.
    pub port: u16,
    /// The region it plays.
    pub region: String,
    /// The state outlives it.
    pub keep: bool,
    /// The port of the stand-in for Typeform, once it runs beside the emulator.
    #[serde(default)]
    pub typeform_port: Option<u16>,
    /// The emulator first, then what else [`Server::adopt`] put beside it.
    pub processes: Vec<Process>,
    #[serde(skip)]
    folder: PathBuf,
}

impl Server {
    /// The running server of a stack, if there is one.
    pub async fn find(layout: &Layout, name: &StackName) -> Result<Option<Self>> {
        let Some(server) = Self::noted(layout, name)? else { return Ok(None) };
        let emulator = &server.processes[0];
        Ok(is_running(emulator.pid, &emulator.marker).await.then_some(server))
    }

    /// What is noted about a stack's server, whether or not it still runs.
    pub fn noted(layout: &Layout, name: &StackName) -> Result<Option<Self>> {
        let folder = layout.state(name);
        let Ok(text) = fs::read(folder.join("server.json")) else { return Ok(None) };
        let mut server: Self = serde_json::from_slice(&text)
            .with_context(|| format!("reading {}", folder.join("server.json").display()))?;
        server.folder = folder;
        Ok(Some(server))
    }

    /// Starts the emulator and waits until it answers. It goes on when this program ends.
    pub async fn start(layout: &Layout, tools: &Tools, options: &ServerOptions) -> Result<Self> {
        if let Some(running) = Self::find(layout, &options.name).await? {
            bail!("stack {} runs already on port {}", options.name, running.port);
        }
        // An emulator that died leaves what stood beside it.
        if let Some(dead) = Self::noted(layout, &options.name)? {
            dead.stop().await?;
        }
        let folder = layout.state(&options.name);
        for below in ["home", "tmp", "state", "objects"] {
            fs::create_dir_all(folder.join(below))
                .with_context(|| format!("making {}", folder.display()))?;
        }
        let port = match options.port {
            Some(port) => port,
            None => free_port()?,
        };
        let log = folder.join("ministack.log");
        let output = File::create(&log).with_context(|| format!("writing {}", log.display()))?;
        let mut command = std::process::Command::new(tools.program("python"));
        command
            // MiniStack, started with the parts of SES that it lacks.
            .arg(layout.path("infra/dev/tools/emulator.py"))
            .env_clear()
            .envs(environment(options, port, &folder))
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stderr(output.try_clone()?)
            .stdout(output)
            // Ctrl-C in the terminal is for this program; the server is ended in order.
            .process_group(0);
        let mut child = command.spawn().context("the emulator cannot be started")?;
        let server = Self {
            name: options.name.to_string(),
            port,
            region: options.region.clone(),
            keep: options.keep,
            typeform_port: None,
            processes: vec![Process { pid: child.id(), marker: "emulator.py".into() }],
            folder,
        };
        server.save()?;
        let emulator = server.emulator()?;
        let limit = Instant::now() + START_LIMIT;
        while !emulator.is_healthy().await {
            if let Some(status) = child.try_wait()? {
                let text = fs::read_to_string(&log).unwrap_or_default();
                bail!("the emulator ended at once ({status}):\n{}", tail(&text, 20));
            }
            if Instant::now() > limit {
                server.stop().await?;
                bail!("the emulator does not answer; see {}", log.display());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(server)
    }

    /// Puts another process under this server: [`Server::stop`] ends it too.
    pub fn adopt(&mut self, process: Process) -> Result<()> {
        self.processes.push(process);
        self.save()
    }

    /// Starts the stand-in for Typeform as a process beside the emulator, unless it runs; returns its port.
    pub async fn typeform(&mut self) -> Result<u16> {
        if let Some(port) = self.typeform_port {
            return Ok(port);
        }
        let port = free_port()?;
        let log = self.folder.join("typeform.log");
        let output = File::create(&log).with_context(|| format!("writing {}", log.display()))?;
        let mut command = std::process::Command::new(std::env::current_exe()?);
        command
            .args(["typeform", "--port", &port.to_string()])
            .stdin(Stdio::null())
            .stderr(output.try_clone()?)
            .stdout(output)
            .process_group(0);
        let child = command.spawn().context("the stand-in for Typeform cannot be started")?;
        self.typeform_port = Some(port);
        self.adopt(Process { pid: child.id(), marker: format!("typeform --port {port}") })?;
        let limit = Instant::now() + START_LIMIT;
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            if Instant::now() > limit {
                bail!("the stand-in for Typeform does not answer; see {}", log.display());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(port)
    }

    /// Ends every process, the emulator last, and forgets the server. State is removed unless it is kept.
    pub async fn stop(&self) -> Result<()> {
        for process in self.processes.iter().rev() {
            end(process.pid, &process.marker).await?;
        }
        remove(fs::remove_file, &self.folder.join("server.json"))?;
        if !self.keep {
            for below in ["home", "tmp", "state", "objects"] {
                remove(fs::remove_dir_all, &self.folder.join(below))?;
            }
        }
        Ok(())
    }

    /// A client for it.
    pub fn emulator(&self) -> Result<Emulator> {
        Emulator::new(format!("http://127.0.0.1:{}", self.port), &self.region)
    }

    /// The emulator's log.
    pub fn log(&self) -> PathBuf {
        self.folder.join("ministack.log")
    }

    fn save(&self) -> Result<()> {
        let path = self.folder.join("server.json");
        fs::write(&path, serde_json::to_vec_pretty(self)?)
            .with_context(|| format!("writing {}", path.display()))
    }
}

/// Removes a file or folder unless it is gone already.
fn remove(how: impl Fn(PathBuf) -> std::io::Result<()>, path: &Path) -> Result<()> {
    match how(path.to_owned()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("removing {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// The emulator's whole environment. Functions inherit it, which is why nothing of the user's is in it.
fn environment(options: &ServerOptions, port: u16, folder: &Path) -> Vec<(&'static str, String)> {
    let below = |name: &str| folder.join(name).display().to_string();
    let keep = if options.keep { "1" } else { "0" };
    let mut variables = vec![
        ("PATH", "/usr/bin:/bin".to_owned()),
        ("HOME", below("home")),
        ("TMPDIR", below("tmp")),
        // Without these it would also listen on other interfaces.
        ("BIND_HOST", "127.0.0.1".to_owned()),
        ("IOT_MTLS_ENABLED", "0".to_owned()),
        ("SFTP_ENABLED", "0".to_owned()),
        ("GATEWAY_PORT", port.to_string()),
        ("MINISTACK_HOST", "127.0.0.1".to_owned()),
        ("MINISTACK_REGION", options.region.clone()),
        ("LAMBDA_EXECUTOR", "local".to_owned()),
        // The functions' roles are enforced, so that least privilege is tried with every call.
        ("AUTH", "true".to_owned()),
        ("AWS_ACCESS_KEY_ID", ACCESS_KEY.to_owned()),
        ("AWS_SECRET_ACCESS_KEY", ACCESS_KEY.to_owned()),
        ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}")),
        ("PERSIST_STATE", keep.to_owned()),
        ("S3_PERSIST", keep.to_owned()),
        ("STATE_DIR", below("state")),
        ("S3_DATA_DIR", below("objects")),
    ];
    if let Some(scale) = options.wait_scale {
        variables.push(("SFN_WAIT_SCALE", scale.to_string()));
    }
    variables
}

/// A port of 127.0.0.1 that nobody uses now.
pub(crate) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no free port")?;
    Ok(listener.local_addr()?.port())
}
