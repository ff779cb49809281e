//! `serve` and `demo`.

use super::language::either;
use super::logging::Logging;
use super::say::say;
use super::{DATABASE_FILE, Location, stopped};
use anyhow::{Context, ensure};
use clap::Args;
use gongshi::asking;
use gongshi::clock::{self, Clock};
use gongshi::cosigning;
use gongshi::demo;
use gongshi::field::{Instant, OrganisationId};
use gongshi::highwater::HighWater;
use gongshi::http::{Limits, TrustedProxies};
use gongshi::law::Editions;
use gongshi::ledger::{self, Home, Ledger, LogKeys, MIRRORS_MAX, NewLog, UncitedQuota};
use gongshi::log::{Checkpoint, Policy};
use gongshi::private;
use gongshi::publishing;
use gongshi::sandbox::{self, Sandbox};
use gongshi::search::projection::follow_for_ever;
use gongshi::server::Server;
use gongshi::store::{Database, Objects, S3Settings};
use gongshi::subscription::{Delivering, MailSettings, Subscriptions, WebhookReach, match_for_ever, send_for_ever};
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

#[derive(Args)]
pub struct Serve {
    /// 设置文件（TOML），见 gongshi config · TOML file with any of these options: `gongshi config` prints one
    #[arg(long, env = "GONGSHI_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    location: Location,
    /// 监听地址 · Address to listen on
    #[arg(long, env = "GONGSHI_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    #[command(flatten)]
    name: Name,
    /// 文件存储：S3 设置（TOML） · TOML file with the settings of an S3-compatible store for documents
    #[arg(long, env = "GONGSHI_DOCUMENTS")]
    documents: Option<PathBuf>,
    /// 静态发布：目录或 S3 设置（TOML） · Publish the log as static files: a folder, or a TOML file with the settings of a bucket
    #[arg(long, env = "GONGSHI_PUBLISH")]
    publish: Option<PathBuf>,
    /// 见证策略（C2SP tlog-policy） · Witness policy: whom to ask for cosignatures, and how many count
    #[arg(long, env = "GONGSHI_WITNESSES")]
    witnesses: Option<PathBuf>,
    /// 每个地址每秒请求数，0 为不限 · Requests a second from one address; 0 is no limit
    #[arg(long, env = "GONGSHI_RATE_ADDRESS", default_value_t = Limits::default().per_address)]
    rate_address: u32,
    /// 每把密钥每秒记录数，0 为不限 · Records a second under one key; 0 is no limit
    #[arg(long, env = "GONGSHI_RATE_KEY", default_value_t = Limits::default().per_key)]
    rate_key: u32,
    /// 每个地址每小时登记数，0 为不限 · Registrations an hour from one address; 0 is no limit, and so is --rate-address 0
    #[arg(long, env = "GONGSHI_REGISTRATIONS_ADDRESS", default_value_t = Limits::default().registrations_per_address)]
    registrations_address: u32,
    /// 每小时登记总数，0 为不限 · Registrations an hour from everybody; 0 is no limit
    #[arg(long, env = "GONGSHI_REGISTRATIONS", default_value_t = Limits::default().registrations)]
    registrations: u32,
    /// 对外网址，如 https://gongshi.example.cn：给出后可订阅（webhook；另设 --smtp 则可邮件） · URL at which everybody reaches the service:
    /// with it people may subscribe, by webhook, and with --smtp by mail
    #[arg(long, env = "GONGSHI_PUBLIC_URL", value_name = "URL", value_parser = public_url)]
    public_url: Option<String>,
    /// 邮件服务器设置（TOML：host、port、tls、from、user、password） · TOML file with the server that mail to subscribers is handed to
    #[arg(long, env = "GONGSHI_SMTP", value_name = "FILE", requires = "public_url")]
    smtp: Option<PathBuf>,
    /// 每个地址每小时订阅请求数，0 为不限 · Wishes to subscribe an hour from one address; 0 is no limit, and so is --rate-address 0
    #[arg(long, env = "GONGSHI_SUBSCRIPTIONS_ADDRESS", default_value_t = Limits::default().subscriptions_per_address)]
    subscriptions_address: u32,
    /// 每小时订阅请求总数，0 为不限 · Wishes to subscribe an hour from everybody; 0 is no limit
    #[arg(long, env = "GONGSHI_SUBSCRIPTIONS", default_value_t = Limits::default().subscriptions)]
    subscriptions: u32,
    /// webhook 可用 http 与内网地址；仅供测试 · Webhooks may be at http:// and at addresses of private networks: for tests alone
    #[arg(long, env = "GONGSHI_WEBHOOKS_ANYWHERE", value_name = "BOOL", num_args = 0..=1, require_equals = true)]
    #[arg(default_value_t = false, default_missing_value = "true", action = clap::ArgAction::Set)]
    webhooks_anywhere: bool,
    /// 每个主体未被记录引用的文件份数，0 为不限 · Documents of one organisation that no record cites; 0 is no limit
    #[arg(long, env = "GONGSHI_UNCITED_DOCUMENTS", default_value_t = UncitedQuota::default().documents)]
    uncited_documents: u64,
    /// 这些文件的总字节数，0 为不限 · Bytes of these documents; 0 is no limit
    #[arg(long, env = "GONGSHI_UNCITED_BYTES", default_value_t = UncitedQuota::default().bytes)]
    uncited_bytes: u64,
    /// 每个主体未被记录引用的披露份数，0 为不限 · Disclosures of one organisation that no record holds; 0 is no limit
    #[arg(long, env = "GONGSHI_UNCITED_DISCLOSURES", default_value_t = UncitedQuota::default().disclosures)]
    uncited_disclosures: u64,
    /// 可信代理网段，逗号分隔：其 Forwarded、X-Forwarded-For 头说明请求来自哪个地址 · Networks of proxies, separated by
    /// commas, whose Forwarded or X-Forwarded-For headers tell from which address a request comes
    #[arg(long, env = "GONGSHI_TRUSTED_PROXY", value_name = "CIDR", value_delimiter = ',', value_parser = network)]
    trusted_proxy: Vec<IpNet>,
    /// 时钟容差：时钟跳变超过此值即停止写入；仅演练时放宽 · How far the clock may be moved before nothing is written any
    /// more; only a rehearsal, where days pass in seconds, sets it higher
    #[arg(long, env = "GONGSHI_CLOCK_TOLERANCE", value_name = "DURATION", default_value_t = clock::TOLERANCE.into())]
    clock_tolerance: humantime::Duration,
    /// 启动时询问的镜像或副本（网址或目录），可多次：若其所知多于数据库，则不写入 · Mirrors and replicas, by URL or folder, that
    /// are asked at start: nothing is written when one of them knows the log further than the database
    #[arg(long, env = "GONGSHI_MIRRORS", value_name = "URL", value_delimiter = ',')]
    mirror: Vec<String>,
    /// 公开的镜像网址，可多次，至多 16 个：启动时一并询问，之后每分钟询问一次，日志页公布其进度 · Mirrors that readers are told of, by URL,
    /// at most 16: asked at start as well, then every minute, and the page of the log says how far each is
    #[arg(long, env = "GONGSHI_PUBLIC_MIRRORS", value_name = "URL", value_delimiter = ',', value_parser = public_url)]
    public_mirror: Vec<String>,
    #[command(flatten)]
    pub logging: Logging,
}

/// Where the log stands besides the database.
#[derive(Default)]
pub struct Elsewhere {
    published: Option<Objects>,
    mirrors: Vec<String>,
    /// Mirrors that readers are told of.
    public_mirrors: Vec<String>,
    /// How subscribers are reached.
    delivering: Option<Delivering>,
}

impl Elsewhere {
    /// Webhooks anywhere, and no mail: for a log that nobody keeps.
    pub fn of_sandbox(listen: SocketAddr) -> Self {
        let delivering = Delivering { base: format!("http://{listen}"), mail: None, reach: WebhookReach::Anywhere };
        Self { delivering: Some(delivering), ..Self::default() }
    }
}

/// What a new log is called and who runs it, for ever; a log that exists has said it.
#[derive(Args, Clone)]
pub struct Name {
    /// 日志名：新日志必填，此后不变；已有日志用其自己的 · Origin of the log, a name like a URL without scheme: a new log needs one, and
    /// keeps it; a log that exists goes by its own
    #[arg(long, env = "GONGSHI_ORIGIN")]
    origin: Option<String>,
    /// 运行机构代码：新日志必填 · Code of the organisation that runs the service: a new log needs one
    #[arg(long, env = "GONGSHI_OPERATOR", value_parser = OrganisationId::regular)]
    operator: Option<OrganisationId>,
    /// 运行机构名称：新日志必填 · Its name: a new log needs one
    #[arg(long, env = "GONGSHI_OPERATOR_NAME")]
    operator_name: Option<String>,
}

#[derive(Args)]
pub struct Demo {
    /// 数据目录 · Data folder; filled when it holds no log yet
    #[arg(long, default_value = "gongshi-demo")]
    data: PathBuf,
    /// 监听地址 · Address to listen on
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

/// Who runs logs that nobody keeps.
const EXAMPLE_OPERATOR: &str = "1241010041580000XR";

impl Name {
    fn example(origin: &str, operator_name: &str) -> Self {
        Self {
            origin: Some(origin.to_owned()),
            operator: Some(EXAMPLE_OPERATOR.parse().expect("a valid code")),
            operator_name: Some(operator_name.to_owned()),
        }
    }

    pub fn demo() -> Self {
        Self::example("demo.gongshi.example/log", "公示示范平台运行中心")
    }

    pub fn sandbox() -> Self {
        Self::example(sandbox::ORIGIN, "沙盒运行中心（示例）")
    }

    /// The names of a log that is there, or of a new one, which needs all three: they stand in its first record for ever.
    async fn complete(&self, location: &Location, high_water: &HighWater) -> anyhow::Result<NewLog> {
        let known = match &self.origin {
            None => known_origin(location, high_water).await?,
            Some(_) => None,
        };
        let is_there = match &self.origin {
            None => known.is_some(),
            Some(_) if self.operator.is_some() && self.operator_name.is_some() => false,
            Some(_) => known_origin(location, high_water).await?.is_some(),
        };
        let asked = [
            ("--origin", self.origin.is_some()),
            ("--operator", self.operator.is_some()),
            ("--operator-name", self.operator_name.is_some()),
        ];
        let missing: Vec<_> = asked.into_iter().filter(|(_, said)| !said).map(|(option, _)| option).collect();
        ensure!(
            is_there || missing.is_empty(),
            "{}: {}. {}: --origin log.example.cn/gongshi --operator {EXAMPLE_OPERATOR} --operator-name 某公共资源交易中心",
            either(
                "这里还没有日志；新日志的名称与运行机构永久写入首条记录，须明确给出",
                "there is no log here yet, and what a new one is called and who runs it stands in its first record for ever; say it with"
            ),
            missing.join(" "),
            either("例如", "For example")
        );
        let Self { operator, operator_name, .. } = Self::example("", "某公共资源交易中心");
        Ok(NewLog {
            origin: self.origin.clone().or(known).unwrap_or_default(),
            // Where the log is there, nobody reads these two.
            operator: self.operator.clone().or(operator).expect("the example has one"),
            operator_name: self.operator_name.clone().or(operator_name).unwrap_or_default(),
            law: Editions::newest(),
        })
    }
}

/// What the log of a location is called, by its newest checkpoint, or by the high-water mark where the database is empty.
async fn known_origin(location: &Location, high_water: &HighWater) -> anyhow::Result<Option<String>> {
    // To open SQLite is to make the file: who is only asked leaves none behind.
    let head = if location.database.is_some() || location.data.join(DATABASE_FILE).exists() {
        let database = Database::open(&location.database_url()).await?;
        let head = database.head().await;
        database.close().await;
        head?
    } else {
        None
    };
    let note = head.map(|(_, note)| note).or_else(|| high_water.mark().map(|(note, _)| note));
    Ok(note.map(|note| Checkpoint::of_note(&note)).transpose()?.map(|checkpoint| checkpoint.origin))
}

/// Opens the log of a location.
pub async fn open(
    location: &Location,
    name: &Name,
    documents: Option<&Path>,
    policy: Option<Policy>,
    clock: Clock,
) -> anyhow::Result<Arc<Ledger>> {
    open_marked(location, name, documents, policy, clock, HighWater::in_folder(&location.data)?).await
}

/// As [`open`], with what is known of how far the log has come.
pub async fn open_marked(
    location: &Location,
    name: &Name,
    documents: Option<&Path>,
    policy: Option<Policy>,
    clock: Clock,
    high_water: HighWater,
) -> anyhow::Result<Arc<Ledger>> {
    private::data_folder(&location.data, "keys").with_context(|| location.data.display().to_string())?;
    let objects = objects(location, documents)?;
    let opening = name.complete(location, &high_water).await?;
    let keys = LogKeys::in_folder(&location.data.join("keys"))?;
    let database_url = location.database_url();
    Ok(Ledger::open(Home { database_url, objects, keys, opening, clock, policy, high_water }).await?)
}

/// The machine's clock, believed while it is right; what is known of it is kept beside the keys.
pub fn guarded(location: &Location, tolerance: Duration) -> Clock {
    Clock::guarded(tolerance, location.data.join("clock.json"))
}

/// Where the documents of a location are; `s3` is the file with the settings of a bucket.
pub fn objects(location: &Location, s3: Option<&Path>) -> anyhow::Result<Objects> {
    Ok(match s3 {
        Some(file) => Objects::s3(&s3_settings(file)?)?,
        None => Objects::local(&location.data.join("documents"))?,
    })
}

fn s3_settings(file: &Path) -> anyhow::Result<S3Settings> {
    let text = private::read_secret(file)?;
    toml::from_str(&text).with_context(|| file.display().to_string())
}

/// A folder, unless the path is that of settings.
fn place(path: &Path) -> anyhow::Result<Objects> {
    let is_settings = path.extension().is_some_and(|extension| extension == "toml");
    Ok(if is_settings { Objects::s3(&s3_settings(path)?)? } else { Objects::published(path)? })
}

pub fn read_policy(file: &Path) -> anyhow::Result<Policy> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    text.parse().with_context(|| file.display().to_string())
}

impl Serve {
    pub async fn run(self) -> anyhow::Result<()> {
        let policy = self.witnesses.as_deref().map(read_policy).transpose()?;
        let clock = guarded(&self.location, *self.clock_tolerance);
        let ledger = open(&self.location, &self.name, self.documents.as_deref(), policy, clock).await?;
        let limits = Limits {
            per_address: self.rate_address,
            per_key: self.rate_key,
            registrations_per_address: self.registrations_address,
            registrations: self.registrations,
            subscriptions_per_address: self.subscriptions_address,
            subscriptions: self.subscriptions,
            uncited: UncitedQuota {
                documents: self.uncited_documents,
                bytes: self.uncited_bytes,
                disclosures: self.uncited_disclosures,
            },
            ..Limits::default()
        };
        let published = self.publish.as_deref().map(place).transpose()?;
        let mail = self.smtp.as_deref().map(mail_settings).transpose()?;
        let reach = if self.webhooks_anywhere { WebhookReach::Anywhere } else { WebhookReach::Public };
        let delivering = self.public_url.map(|base| Delivering { base, mail, reach });
        anyhow::ensure!(self.public_mirror.len() <= MIRRORS_MAX, "at most {MIRRORS_MAX} public mirrors");
        let elsewhere = Elsewhere { published, mirrors: self.mirror, public_mirrors: self.public_mirror, delivering };
        let proxies = TrustedProxies::new(self.trusted_proxy);
        serve(ledger, &self.location, self.listen, limits, proxies, elsewhere, None).await
    }
}

fn mail_settings(file: &Path) -> anyhow::Result<MailSettings> {
    let text = private::read_secret(file)?;
    toml::from_str(&text).with_context(|| file.display().to_string())
}

/// A URL to which paths are added.
fn public_url(text: &str) -> Result<String, String> {
    let is_plain = |url: &reqwest::Url| {
        matches!(url.scheme(), "http" | "https") && url.has_host() && url.query().is_none() && url.fragment().is_none()
    };
    let url: Option<reqwest::Url> = text.parse().ok();
    url.filter(is_plain)
        .map(|_| text.to_owned())
        .ok_or_else(|| "a URL like https://gongshi.example.cn is expected".to_owned())
}

/// A network, or one address.
fn network(text: &str) -> Result<IpNet, String> {
    let address = || text.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical()));
    text.parse().or_else(|_| address()).map_err(|_| "a network like 10.0.0.0/8 or an address is expected".to_owned())
}

impl Demo {
    pub async fn run(self) -> anyhow::Result<()> {
        let location = Location { data: self.data.clone(), database: None };
        if !location.data.join(DATABASE_FILE).exists() {
            fill_demo(&self.data).await?;
        }
        let clock = guarded(&location, clock::TOLERANCE);
        let ledger = open(&location, &Name::demo(), None, None, clock).await?;
        let base = format!("http://{}", self.listen);
        say!("{}", either("示例已就绪，可看：", "The demo is ready. Look at:"));
        for (zh, en, path) in demo::GUIDE {
            say!("  {base}{path}\n      {}", either(zh, en));
        }
        say!(
            "{}: {}",
            either("示例主体的密钥在", "Keys of the demo organisations"),
            self.data.join("demo-keys").display()
        );
        let (limits, proxies) = (Limits::default(), TrustedProxies::default());
        serve(ledger, &location, self.listen, limits, proxies, Elsewhere::default(), None).await
    }
}

/// Fills a folder beside the place and moves it there, so that an interrupted run leaves nothing half full.
async fn fill_demo(data: &Path) -> anyhow::Result<()> {
    let mut name = data.as_os_str().to_owned();
    name.push(".filling");
    let filling = PathBuf::from(name);
    if filling.exists() {
        std::fs::remove_dir_all(&filling)?;
    }
    let present = Clock::System.now();
    let clock = Clock::manual(present.plus_millis(-demo::DAYS_BACK * 86_400_000));
    let location = Location { data: filling.clone(), database: None };
    let ledger = open(&location, &Name::demo(), None, None, clock.clone()).await?;
    demo::fill(&ledger, &clock, present, &filling.join("demo-keys")).await?;
    ledger.close().await;
    drop(ledger);
    std::fs::rename(&filling, data).with_context(|| data.display().to_string())
}

/// Whoever runs the service, for nobody else can send it a signal, says that the clock is right as it is.
async fn confirm_clock(ledger: Arc<Ledger>, mut confirmed: Signal) {
    while confirmed.recv().await.is_some() {
        ledger.clock.confirm();
    }
}

/// Serves until it is told to stop.
pub async fn serve(
    ledger: Arc<Ledger>,
    location: &Location,
    listen: SocketAddr,
    limits: Limits,
    proxies: TrustedProxies,
    elsewhere: Elsewhere,
    sandbox: Option<Arc<Sandbox>>,
) -> anyhow::Result<()> {
    let mut beside = JoinSet::new();
    let (first, compared) = oneshot::channel();
    beside.spawn(ledger::compare_for_ever(Arc::clone(&ledger), first));
    let (first, witnesses) = oneshot::channel();
    beside.spawn(cosigning::run(Arc::clone(&ledger), first));
    ledger.mirrors.name(&elsewhere.public_mirrors);
    let mirrors = [elsewhere.mirrors, elsewhere.public_mirrors.clone()].concat();
    // Better late than on what somebody else has written, or where a better copy is known; what takes longer is found out
    // while the service serves.
    let _ = tokio::join!(
        tokio::time::timeout(ledger::START_PATIENCE, compared),
        tokio::time::timeout(asking::PATIENCE, witnesses),
        asking::ask(&ledger, elsewhere.published.as_ref(), &mirrors),
    );
    let server = Server::bind(Arc::clone(&ledger), listen, limits).await.with_context(|| listen.to_string())?;
    let is_telling = elsewhere.delivering.is_some();
    let subscriptions = Subscriptions::new(Arc::clone(&ledger), elsewhere.delivering)?;
    let server = server.behind(proxies).telling(Arc::clone(&subscriptions)).in_sandbox(sandbox);
    let server = server.keeping_bundles_in(location.data.clone());
    tracing::info!(address = %server.address(), origin = %ledger.origin(), version = env!("CARGO_PKG_VERSION"), started = %Instant::to_string(&ledger.clock.now()), "serving");
    beside.spawn(confirm_clock(Arc::clone(&ledger), signal(SignalKind::user_defined1())?));
    beside.spawn(ledger::watch_clock(Arc::clone(&ledger)));
    beside.spawn(ledger::propose_for_ever(Arc::clone(&ledger)));
    beside.spawn(ledger::grade_for_ever(Arc::clone(&ledger)));
    beside.spawn(ledger::tidy_for_ever(Arc::clone(&ledger)));
    beside.spawn(ledger::count_refusals_for_ever(Arc::clone(&ledger)));
    beside.spawn(follow_for_ever(Arc::clone(&ledger)));
    beside.spawn(ledger::keep_high_water(Arc::clone(&ledger)));
    if !elsewhere.public_mirrors.is_empty() {
        beside.spawn(asking::ask_for_ever(Arc::clone(&ledger), elsewhere.public_mirrors, asking::ASKED_EVERY));
    }
    if is_telling {
        beside.spawn(match_for_ever(Arc::clone(&subscriptions)));
        beside.spawn(send_for_ever(subscriptions));
    }
    if let Some(place) = elsewhere.published {
        beside.spawn(publishing::run(Arc::clone(&ledger), place));
    }
    say!("http://{}", server.address());
    let began = std::time::Instant::now();
    server
        .serve(async {
            let signal = stopped().await;
            tracing::info!(signal, "stopping: requests that have begun are finished");
        })
        .await;
    beside.shutdown().await;
    // The sequencer answers what it has taken before the database closes.
    ledger.close().await;
    let (entries, seconds) = (*ledger.size().borrow(), began.elapsed().as_secs());
    tracing::info!(entries, seconds, "stopped: everything that was acknowledged is on the disk");
    Ok(())
}
