//! All files of a folder, in memory.

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// What each file below a folder holds, by its path from there.
pub fn read(folder: &Path) -> HashMap<String, Vec<u8>> {
    fn walk(folder: &Path, below: &str, files: &mut HashMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap() {
            let (path, name) = entry.map(|entry| (entry.path(), entry.file_name().into_string().unwrap())).unwrap();
            let name = if below.is_empty() { name } else { format!("{below}/{name}") };
            if path.is_dir() {
                walk(&path, &name, files);
            } else {
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    let mut files = HashMap::new();
    walk(folder, "", &mut files);
    files
}

/// The same files below another folder, for the eyes of nobody else: there may be keys among them.
pub fn write(files: &HashMap<String, Vec<u8>>, folder: &Path) {
    for (name, bytes) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).unwrap();
        file.write_all(bytes).unwrap();
    }
}
