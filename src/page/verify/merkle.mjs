// The Merkle tree of RFC 6962: leaf and node hashes, inclusion proofs, the root of all leaves.

import { joined, sha256 } from './bytes.mjs';
import { Fault } from './fault.mjs';

export const leafHash = (entry) => sha256(joined([0], entry));
export const nodeHash = (left, right) => sha256(joined([1], left, right));

// RFC 9162 §2.1.3.2: the root to which the proof leads from the leaf. A proof has exactly as many hashes as the tree asks for.
export async function rootByProof(leaf, index, size, proof) {
  if (index >= size) throw new Fault('proof-index', { index, size });
  let [node, last, root] = [BigInt(index), BigInt(size) - 1n, leaf];
  for (const hash of proof) {
    if (last === 0n) throw new Fault('proof-length', { index, size });
    if (node & 1n || node === last) {
      root = await nodeHash(hash, root);
      while (!(node & 1n) && node !== 0n) [node, last] = [node >> 1n, last >> 1n];
    } else {
      root = await nodeHash(root, hash);
    }
    [node, last] = [node >> 1n, last >> 1n];
  }
  if (last !== 0n) throw new Fault('proof-length', { index, size });
  return root;
}

// The hashes of every level of a tree: of the leaves, of the pairs that are full, and so on.
export async function levelsOf(leaves) {
  const levels = [leaves];
  for (let below = leaves; below.length > 1; below = levels.at(-1)) {
    const level = [];
    for (let at = 0; at + 1 < below.length; at += 2) level.push(await nodeHash(below[at], below[at + 1]));
    levels.push(level);
  }
  return levels;
}

// RFC 6962 §2.1: the complete subtrees of the right edge, joined from the smallest up.
export async function rootOfLevels(levels) {
  let root;
  for (const level of levels) {
    if (level.length % 2 === 0) continue;
    root = root === undefined ? level.at(-1) : await nodeHash(level.at(-1), root);
  }
  return root ?? sha256(new Uint8Array());
}
