# SPDX-License-Identifier: ISC
# For bats files that read recorded queues and logs (tests/data/README.md).

# corpus_unpack queues|logs: into $BATS_FILE_TMPDIR, once per file; the path is
# then $CORPUS
corpus_unpack() {
	CORPUS=$BATS_FILE_TMPDIR/corpus/$1
	if [ ! -d "$CORPUS" ]; then
		mkdir -p "${CORPUS%/*}"
		/usr/bin/python3 -m tarfile -e "$BATS_TEST_DIRNAME/../data/$1.tar.xz" \
		    "${CORPUS%/*}" >/dev/null
	fi
	export CORPUS
}

# corpus_queue NAME DIR: the recorded queue as DIR/queue, with its owners when
# we are root
corpus_queue() {
	corpus_unpack queues
	mkdir -p "$2"
	tar -xzf "$CORPUS/$1/queue.tar.gz" -C "$2" --numeric-owner
}
