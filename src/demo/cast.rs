//! Who they are: organisations that do not exist, with codes whose check characters hold, and a key file each.

use super::DemoError;
use super::phrase::literal;
use crate::act::Author;
use crate::field::{Bidder, OrganisationId, Party};
use crate::organisation::Role;
use crate::private;
use crate::record::{PrivateKey, load_key, save_key};
use std::path::Path;

/// The organisations of the demo, in the order of [`PLAYERS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Province,
    City,
    Audit,
    ProvinceCentre,
    CityCentre,
    Agency,
    Education,
    Health,
    Yunhe,
    Songyue,
    Zhongyuan,
    Luoshui,
    Jinshui,
    Heluo,
    Taihang,
    Bianhe,
    Baihe,
    Huangfan,
    Longting,
}

/// One organisation.
#[derive(Debug)]
pub struct Player {
    pub who: Who,
    /// Stem of its key file.
    pub file: &'static str,
    pub id: &'static str,
    pub name: &'static str,
    pub role: Role,
    /// GB/T 2260.
    pub region: &'static str,
    /// Who confirms its registration; the operator when nobody is named.
    pub admitted_by: Option<Who>,
}

/// Supervisors come first: whoever confirms stands above whom it confirms.
#[rustfmt::skip]
pub static PLAYERS: [Player; 19] = {
    use Role::{Auditor, Centre, Enterprise, ProcuringUnit, Supervisor};
    use Who::*;
    use player as p;
    [
        p(Province, "supervisor-province", "114100000099000134", "河南省公共资源交易监督局（示例）", Supervisor, "410000", None),
        p(City, "supervisor-city", "114101000099000214", "郑州市招标采购监督办公室（示例）", Supervisor, "410100", None),
        p(Audit, "auditor", "1141000000990003XN", "河南省政府采购审计中心（示例）", Auditor, "410000", Some(Province)),
        p(ProvinceCentre, "centre-province", "1241000099000101XJ", "河南省级集中采购中心（示例）", Centre, "410000", Some(Province)),
        p(CityCentre, "centre-city", "12410100990001028P", "郑州市公共采购中心（示例）", Centre, "410100", Some(City)),
        p(Agency, "agency-luoyang", "91410300MA9DEM01XD", "洛阳伊川招标代理有限公司（示例）", Centre, "410300", Some(Province)),
        p(Education, "unit-education", "1141010000990011XF", "郑州市教育局（示例）", ProcuringUnit, "410100", Some(City)),
        p(Health, "unit-health", "11410300009900128R", "洛阳市卫生健康委员会（示例）", ProcuringUnit, "410300", Some(Province)),
        p(Yunhe, "bidder-yunhe", "91410100MA9DEM116H", "河南云禾建设有限公司（示例）", Enterprise, "410100", Some(City)),
        p(Songyue, "bidder-songyue", "91410300MA9DEM124N", "洛阳嵩岳建工有限公司（示例）", Enterprise, "410300", Some(Agency)),
        p(Zhongyuan, "bidder-zhongyuan", "91410000MA9DEM1322", "中原蓝图设计有限公司（示例）", Enterprise, "410000", Some(Province)),
        p(Luoshui, "bidder-luoshui", "91410300MA9DEM140C", "洛阳洛水市政工程有限公司（示例）", Enterprise, "410300", Some(Agency)),
        p(Jinshui, "bidder-jinshui", "91410105MA9DEM1597", "郑州金水河智能科技有限公司（示例）", Enterprise, "410105", Some(City)),
        p(Heluo, "bidder-heluo", "91410300MA9DEM1674", "洛阳河洛医疗设备有限公司（示例）", Enterprise, "410300", Some(Agency)),
        p(Taihang, "bidder-taihang", "91410500MA9DEM1759", "安阳太行安装工程有限公司（示例）", Enterprise, "410500", Some(Province)),
        p(Bianhe, "bidder-bianhe", "91410200MA9DEM183L", "开封汴河物业服务有限公司（示例）", Enterprise, "410200", Some(Province)),
        p(Baihe, "bidder-baihe", "91411300MA9DEM1911", "南阳白河信息技术有限公司（示例）", Enterprise, "411300", Some(Province)),
        p(Huangfan, "bidder-huangfan", "91411600MA9DEM2046", "周口黄泛监理咨询有限公司（示例）", Enterprise, "411600", Some(Province)),
        p(Longting, "bidder-longting", "91410200MA9DEM2120", "开封龙亭物业管理有限公司（示例）", Enterprise, "410200", Some(Province)),
    ]
};

const fn player(
    who: Who,
    file: &'static str,
    id: &'static str,
    name: &'static str,
    role: Role,
    region: &'static str,
    admitted_by: Option<Who>,
) -> Player {
    Player { who, file, id, name, role, region, admitted_by }
}

impl Who {
    pub fn player(self) -> &'static Player {
        &PLAYERS[self as usize]
    }

    pub fn id(self) -> OrganisationId {
        literal(self.player().id)
    }

    /// As a notice names it.
    pub fn party(self) -> Party {
        Party { name: literal(self.player().name), id: Some(self.id()) }
    }

    /// As the pure core sees it when it acts.
    pub fn author(self) -> Author {
        Author { id: self.id(), roles: [self.player().role].into_iter().collect() }
    }
}

/// One bidder, or a consortium that the first one leads.
pub fn bidder(members: &[Who]) -> Bidder {
    Bidder { members: members.iter().map(|who| who.party()).collect() }
}

/// The keys of the demo's organisations.
pub struct Cast {
    keys: Vec<PrivateKey>,
    /// The agency's first key, which it replaces on the second day.
    pub agency_first: PrivateKey,
    /// The city centre's second one: of whoever checks what its clerk enters about deposits.
    pub centre_checker: PrivateKey,
    /// Of somebody who claims the code of another.
    pub impostor: PrivateKey,
}

impl Cast {
    /// Loads the key files of a folder, making those that are missing: `<role>-<name>.jwk`.
    ///
    /// # Errors
    /// A key file can't be read or written.
    pub fn in_folder(folder: &Path) -> Result<Self, DemoError> {
        private::folder(folder).map_err(|source| DemoError::Folder { path: folder.to_owned(), source })?;
        let key = |file: &str| -> Result<PrivateKey, DemoError> {
            let path = folder.join(format!("{file}.jwk"));
            if !path.exists() {
                save_key(&path, &PrivateKey::generate())?;
            }
            Ok(load_key(&path)?)
        };
        Ok(Self {
            keys: PLAYERS.iter().map(|player| key(player.file)).collect::<Result<_, _>>()?,
            centre_checker: key("centre-city-checker")?,
            agency_first: key("agency-luoyang-revoked")?,
            impostor: key("impostor-never-confirmed")?,
        })
    }

    pub fn key(&self, who: Who) -> &PrivateKey {
        &self.keys[who as usize]
    }
}
