//! Who is in a sandbox: organisations that do not exist, with codes whose check characters hold.

use crate::field::OrganisationId;
use crate::organisation::Role;
use crate::record::PrivateKey;

/// Somebody whom the sandbox admits.
pub(super) struct Player {
    pub role: Role,
    /// Stem of the key file.
    file: &'static str,
    id: &'static str,
    name: &'static str,
}

/// Who can sign.
#[derive(Clone)]
pub struct Actor {
    pub role: Role,
    /// Stem of the key file.
    pub file: &'static str,
    pub id: OrganisationId,
    pub name: &'static str,
    pub key: PrivateKey,
}

/// Code and name of who runs the sandbox's log.
pub(super) const OPERATOR: (&str, &str) = ("1241010041580000XR", "沙盒运行中心（示例）");

/// Supervisors first: they confirm the others. There are two, since an appeal is another one's to decide.
pub(super) static PLAYERS: [Player; 8] = {
    use Role::{Auditor, Centre, Enterprise, ProcuringUnit, Supervisor};
    [
        Player { role: Supervisor, file: "supervisor", id: "114100000099000134", name: "监督局（示例）" },
        Player {
            role: Supervisor, file: "supervisor-2", id: "114101000099000214", name: "上级监督局（示例）"
        },
        Player { role: Auditor, file: "auditor", id: "1141000000990003XN", name: "审计中心（示例）" },
        Player { role: Centre, file: "centre", id: "1241000099000101XJ", name: "采购中心（示例）" },
        Player { role: ProcuringUnit, file: "unit", id: "1141010000990011XF", name: "采购人（示例）" },
        Player {
            role: Enterprise, file: "bidder-1", id: "91410100MA9DEM116H", name: "甲建设有限公司（示例）"
        },
        Player {
            role: Enterprise, file: "bidder-2", id: "91410300MA9DEM124N", name: "乙建工有限公司（示例）"
        },
        Player {
            role: Enterprise, file: "bidder-3", id: "91410000MA9DEM1322", name: "丙设计有限公司（示例）"
        },
    ]
};

fn code(id: &str) -> OrganisationId {
    id.parse().expect("a constant, valid code")
}

impl Player {
    pub(super) fn with(&self, key: PrivateKey) -> Actor {
        Actor { role: self.role, file: self.file, id: code(self.id), name: self.name, key }
    }
}

impl Actor {
    pub(super) fn operator(key: PrivateKey) -> Self {
        let (id, name) = OPERATOR;
        Self { role: Role::Operator, file: "operator", id: code(id), name, key }
    }
}
