// Checks a log's tiles and proofs with the library of the Go checksum database, golang.org/x/mod/sumdb/tlog.
//
// The folder that is its one argument holds tiles and entry bundles under the names of C2SP's tlog-tiles
// (https://c2sp.org/tlog-tiles), and proofs.json: size, root, and proofs that somebody else has made. Hashes are
// base64. Ends with 0 and a line of counts where all of it holds, and with 1 and the first fault where it does not.
package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type proofs struct {
	Size      int64
	Root      tlog.Hash
	Inclusion []struct {
		Index int64
		Size  int64
		Path  []tlog.Hash
	}
	Consistency []struct {
		Old  int64
		New  int64
		Path []tlog.Hash
	}
}

// folder gives out tiles by the names of tlog-tiles, which have no height in them.
type folder string

func (f folder) Height() int                                { return height }
func (f folder) SaveTiles(tiles []tlog.Tile, data [][]byte) {}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := os.ReadFile(filepath.Join(string(f), name(fmt.Sprint(tile.L), tile.N, tile.W)))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func name(level string, index int64, width int) string {
	path := fmt.Sprintf("%03d", index%1000)
	for index >= 1000 {
		index /= 1000
		path = fmt.Sprintf("x%03d/%s", index%1000, path)
	}
	if width < 1<<height {
		path = fmt.Sprintf("%s.p/%d", path, width)
	}
	return "tile/" + level + "/" + path
}

// entries reads the leaves of one bundle.
func (f folder) entries(index int64, width int) ([][]byte, error) {
	path := name("entries", index, width)
	data, err := os.ReadFile(filepath.Join(string(f), path))
	if err != nil {
		return nil, err
	}
	var leaves [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("%s is cut off", path)
		}
		length := int(binary.BigEndian.Uint16(data))
		leaves = append(leaves, data[2:2+length])
		data = data[2+length:]
	}
	if len(leaves) != width {
		return nil, fmt.Errorf("%s has %d entries", path, len(leaves))
	}
	return leaves, nil
}

func check(f folder) error {
	var p proofs
	text, err := os.ReadFile(filepath.Join(string(f), "proofs.json"))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &p); err != nil {
		return err
	}
	// Every tile that this reader uses is held against the root.
	hashes := tlog.TileHashReader(tlog.Tree{N: p.Size, Hash: p.Root}, f)
	root, err := tlog.TreeHash(p.Size, hashes)
	if err != nil {
		return err
	}
	if root != p.Root {
		return fmt.Errorf("the tiles have the root %v", root)
	}
	for n := int64(0); n < p.Size; n += 1 << height {
		width := int(min(p.Size-n, 1<<height))
		leaves, err := f.entries(n>>height, width)
		if err != nil {
			return err
		}
		for i, leaf := range leaves {
			kept, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, n+int64(i))})
			if err != nil {
				return err
			}
			if kept[0] != tlog.RecordHash(leaf) {
				return fmt.Errorf("entry %d has not the hash of its leaf", n+int64(i))
			}
		}
	}
	for _, proof := range p.Inclusion {
		root, err := tlog.TreeHash(proof.Size, hashes)
		if err != nil {
			return err
		}
		leaf, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, proof.Index)})
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof.Path, proof.Size, root, proof.Index, leaf[0]); err != nil {
			return fmt.Errorf("leaf %d of %d: %v", proof.Index, proof.Size, err)
		}
	}
	for _, proof := range p.Consistency {
		old, err := tlog.TreeHash(proof.Old, hashes)
		if err != nil {
			return err
		}
		root, err := tlog.TreeHash(proof.New, hashes)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof.Path, proof.New, root, proof.Old, old); err != nil {
			return fmt.Errorf("%d of %d: %v", proof.Old, proof.New, err)
		}
	}
	fmt.Printf("%d entries, %d inclusion proofs, %d consistency proofs hold\n", p.Size, len(p.Inclusion), len(p.Consistency))
	return nil
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: tlog FOLDER")
		os.Exit(2)
	}
	if err := check(folder(os.Args[1])); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
