// Verifies the log of a registry with the code of the Go checksum database,
// which shares nothing with ours: the checkpoint with sumdb/note, inclusion and
// consistency from the tiles with sumdb/tlog.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run main.go KEY LOG-FOLDER
package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

// tiles reads tiles as C2SP tlog-tiles lays them out: without the height that
// the checksum database has in its paths.
type tiles struct{ folder string }

func (t tiles) Height() int { return height }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range wanted {
		path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", height), "tile/", 1)
		bytes, err := os.ReadFile(filepath.Join(t.folder, path))
		if err != nil {
			return nil, err
		}
		data = append(data, bytes)
	}
	return data, nil
}

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// entries reads all entries from their bundles.
func entries(folder string, size int64) ([][]byte, error) {
	var all [][]byte
	for number := int64(0); int64(len(all)) < size; number++ {
		path := fmt.Sprintf("tile/entries/%03d", number)
		if left := size - number<<height; left < 1<<height {
			path += fmt.Sprintf(".p/%d", left)
		}
		bundle, err := os.ReadFile(filepath.Join(folder, path))
		if err != nil {
			return nil, err
		}
		for len(bundle) > 0 {
			length := int(binary.BigEndian.Uint16(bundle))
			all = append(all, bundle[2:2+length])
			bundle = bundle[2+length:]
		}
	}
	return all, nil
}

func check(err error, what string) {
	if err != nil {
		log.Fatalf("%s: %v", what, err)
	}
}

func main() {
	log.SetFlags(0)
	key, folder := os.Args[1], os.Args[2]
	verifier, err := note.NewVerifier(key)
	check(err, "key")
	signed, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	check(err, "checkpoint")
	opened, err := note.Open(signed, note.VerifierList(verifier))
	check(err, "checkpoint")
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		log.Fatalf("no checkpoint of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err, "size")
	root, err := tlog.ParseHash(lines[2])
	check(err, "root")

	tree := tlog.Tree{N: size, Hash: root}
	reader := tlog.TileHashReader(tree, tiles{folder})
	all, err := entries(folder, size)
	check(err, "entries")
	for index, entry := range all {
		var fields struct{ Index int }
		check(json.NewDecoder(bytes.NewReader(entry)).Decode(&fields), "entry")
		if fields.Index != index {
			log.Fatalf("entry %d says that it is %d", index, fields.Index)
		}
		proof, err := tlog.ProveRecord(size, int64(index), reader)
		check(err, "inclusion")
		check(tlog.CheckRecord(proof, size, root, int64(index), tlog.RecordHash(entry)), "inclusion")
		if tlog.CheckRecord(proof, size, root, int64(index), tlog.RecordHash([]byte("another"))) == nil {
			log.Fatalf("another entry is proven at %d", index)
		}
	}
	for earlier := int64(1); earlier <= size; earlier++ {
		before, err := tlog.TreeHash(earlier, reader)
		check(err, "root")
		proof, err := tlog.ProveTree(size, earlier, reader)
		check(err, "consistency")
		check(tlog.CheckTree(proof, size, root, earlier, before), "consistency")
	}
	fmt.Printf("%s: %d entries included, %d heads consistent\n", verifier.Name(), size, size)
}
