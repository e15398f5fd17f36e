# make | make check | make check-asan | make fuzz | make lint | make install
# Needs GNU make, a C17 compiler and pkg-config. Nothing here is generated.

VERSION    := 0.1
QMAIL_HOME ?= /var/qmail
PREFIX     ?= /usr/local
BUILD      ?= build
CC         ?= cc
OPT        ?= -O2 -g
PKG_CONFIG ?= pkg-config

# ---- what qmail fixes when it is built --------------------------------------
BREAK  ?= -
PATRN  ?= 002
# users in the order alias, daemon, log, passwd, queue, remote, send, root
USERS  ?= alias qmaild qmaill qmailp qmailq qmailr qmails root
GROUPS ?= nofiles qmail

# ---- compiler flags --------------------------------------------------------
try  = $(shell $(CC) -Werror $(1) -x c -c /dev/null -o /dev/null 2>/dev/null \
         && echo '$(1)')
WARN := -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow \
  -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wvla \
  -Wpointer-arith -Wcast-qual -Wwrite-strings -Wformat=2 -Wundef \
  -Wnull-dereference -Wdouble-promotion -Wdate-time -Wimplicit-fallthrough \
  $(foreach f,-Wduplicated-cond -Wduplicated-branches -Wlogical-op \
    -Wcast-align=strict,$(call try,$(f)))
ifdef SAN
  HARD  := -fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer
  HARDL := -fsanitize=$(SAN)
else
  HARD  := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong \
    -fPIE $(foreach f,-fstack-clash-protection -fcf-protection=full \
      -ftrivial-auto-var-init=zero,$(call try,$(f)))
  HARDL := -Wl,-z,relro,-z,now,-z,noexecstack
  PIE   := -pie
  # programs that run once a message start faster without the dynamic loader;
  # still position-independent. STATIC=no where no static libc is wanted
  ifneq ($(STATIC),no)
    STATIC_PIE := $(shell echo 'int main(void){return 0;}' | \
      $(CC) -static-pie -x c - -o /dev/null 2>/dev/null && echo -static-pie)
  endif
endif
COMPILE = $(CC) -std=c17 -D_GNU_SOURCE -Ilib -I. $(WARN) $(OPT) $(HARD) \
  $(if $(WERROR),-Werror) $(CPPFLAGS) $(CFLAGS)
LINK    = $(CC) $(OPT) $(PIE) $(HARDL) -Wl,--build-id -Wl,--as-needed $(LDFLAGS)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.PHONY: all check check-asan check-long run-tests fuzz run-fuzz bench lint lint-fast format man \
  demo install uninstall dist clean

# V=1 shows the commands instead of what they make
show = $(if $(V),,@printf '  %-4s %s\n' $(1) $(2);)

obj = $(patsubst %.c,$(BUILD)/%.o,$(1))
pkg = $(shell $(PKG_CONFIG) --libs $(1) 2>/dev/null || echo '-l$(1:lib%=%)')

# ---- one archive per library layer -----------------------------------------
LAYERS  := prog qmail net fmt base
LIBS    := $(LAYERS:%=$(BUILD)/lib/%.a)
LIB_SRC := $(wildcard lib/*/*.c lib/*/*/*.c)
$(foreach l,$(LAYERS),$(eval $(BUILD)/lib/$l.a: \
  $(call obj,$(filter lib/$l/%,$(LIB_SRC)))))

comma := ,
empty :=
space := $(empty) $(empty)
c_strings = '$(subst $(space),$(comma),$(1:%="%"))'
$(BUILD)/lib/qmail/site.o: CPPFLAGS += -DSITE_HOME='"$(QMAIL_HOME)"'
$(BUILD)/lib/qmail/ids.o: CPPFLAGS += \
  -DIDS_USER_NAMES=$(call c_strings,$(USERS)) \
  -DIDS_GROUP_NAMES=$(call c_strings,$(GROUPS))
$(BUILD)/lib/qmail/config.o: CPPFLAGS += -DCONFIG_BREAK="'$(BREAK)'" \
  -DCONFIG_PATRN=0$(PATRN) -DCONFIG_VERSION='"$(VERSION)"'

# these are part of the program (.incbin)
$(BUILD)/lib/qmail/manifest.o: mta/modes mta/layout

# ---- one folder per program family: mains plus one archive of the rest ------
# $(call program,NAME,MAIN.c,EXTRA LIBRARIES,static) is all a module.mk contains;
# static, or nothing, for a program that runs once a message and asks for no user
# or host by name.
program = $(eval MAINS += $(2))$(eval PROGRAMS += $(BUILD)/bin/$(1))\
  $(eval $(BUILD)/bin/$(1): $(call obj,$(2)) $(BUILD)/$(patsubst %/,%,$(dir $(2))).a $(LIBS))\
  $(eval $(BUILD)/bin/$(1): LDLIBS += $(3))\
  $(if $(filter static,$(4)),$(if $(STATIC_PIE),$(eval $(BUILD)/bin/$(1): PIE := $(STATIC_PIE))))
# $(call alias,NAME,PROGRAM): a second name of a program, a link beside it
alias = $(eval PROGRAMS += $(BUILD)/bin/$(1))\
  $(eval $(BUILD)/bin/$(1): $(BUILD)/bin/$(2) ; ln -sf $(2) $$@)
# $(call script,NAME,SOURCE): a program that needs no compiler
script = $(eval PROGRAMS += $(BUILD)/bin/$(1))\
  $(eval $(BUILD)/bin/$(1): $(2) ; @mkdir -p $$(@D) && install -m 755 $(2) $$@)
include $(sort $(wildcard mta/*/module.mk tools/*/module.mk))
TOOLS := $(basename $(notdir $(filter tools/%,$(MAINS))))
DIRS := $(sort $(patsubst %/,%,$(dir $(MAINS))))
$(foreach d,$(DIRS),$(eval $(BUILD)/$d.a: \
  $(call obj,$(filter-out $(MAINS),$(wildcard $d/*.c)))))

all: $(PROGRAMS)

$(BUILD)/bin/%:
	@mkdir -p $(@D)
	$(call show,LINK,$@)$(LINK) -o $@ $(filter %.o %.a,$^) $(LDLIBS)
$(BUILD)/%.a:
	@mkdir -p $(@D)
	$(call show,AR,$@)rm -f $@ && $(AR) rcsD $@ $(filter %.o,$^)
$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call show,CC,$<)$(COMPILE) -MMD -MP -c -o $@ $<

# ---- install: mta/modes and mta/layout say what belongs to whom --------------
INSTALL = DESTDIR='$(DESTDIR)' QMAIL_HOME='$(QMAIL_HOME)' PREFIX='$(PREFIX)' \
  BUILD='$(BUILD)' USERS='$(USERS)' GROUP_NAMES='$(GROUPS)' TOOLS='$(TOOLS)' \
  mta/install.sh
install: all
	@$(INSTALL) install
uninstall:
	@$(INSTALL) uninstall
DIST := qward-$(VERSION)
dist:
	@mkdir -p $(BUILD)
	@if git rev-parse HEAD >/dev/null 2>&1; then \
	  git archive --prefix=$(DIST)/ HEAD; else tar -cf - --exclude=./build \
	  --transform='s,^\.,$(DIST),' .; fi | gzip -n >$(BUILD)/$(DIST).tar.gz
	@echo $(BUILD)/$(DIST).tar.gz
demo: all
	@BIN=$(CURDIR)/$(BUILD)/bin demo/run

# ---- tests mirror the tree: lib/x/y.c <- tests/unit/lib/x/y_test.c ----------
UNIT_SRC := $(wildcard tests/unit/*/*/*_test.c tests/unit/*/*/*/*_test.c)
UNIT := $(patsubst %.c,$(BUILD)/%,$(UNIT_SRC))
E2E  := $(sort $(wildcard tests/e2e/*.bats tests/fault/*.bats \
  tests/compat/*.bats tests/lint/*.bats))
LONG := $(sort $(wildcard tests/long/*.bats))
WRAP := -Wl,--wrap=fsync,--wrap=realloc
TESTLIBS = $(call pkg,check) $(call pkg,libcdb) -lresolv
$(BUILD)/tests/unit/%_test: $(BUILD)/tests/unit/%_test.o \
  $(patsubst %,$(BUILD)/tests/support/%.o,unit fault queue) \
  $(DIRS:%=$(BUILD)/%.a) $(LIBS)
	$(call show,LINK,$@)$(LINK) $(WRAP) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(TESTLIBS)
$(patsubst %,$(BUILD)/tests/unit/mta/send/%_test,preprocess todo_sync): \
  $(BUILD)/tests/support/todo_world.o
# helper programs of the tests: tests/support/x_main.c -> build/tests/bin/x
HELPERS := $(patsubst tests/support/%_main.c,$(BUILD)/tests/bin/%,\
  $(wildcard tests/support/*_main.c))
$(BUILD)/tests/bin/%: $(BUILD)/tests/support/%_main.o $(LIBS)
	@mkdir -p $(@D)
	$(call show,LINK,$@)$(LINK) -o $@ $(filter %.o %.a,$^) $(call pkg,libcdb)
# the fuzz harnesses over their seeds, without a fuzzer
REPLAY := $(patsubst tests/fuzz/%_fuzz.c,$(BUILD)/tests/fuzz/%,$(wildcard tests/fuzz/*_fuzz.c))
$(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%_fuzz.o \
  $(BUILD)/tests/support/replay.o $(LIBS)
	$(call show,LINK,$@)$(LINK) -o $@ $(filter %.o %.a,$^) $(call pkg,libcdb) -lresolv
.SECONDARY:

JOBS  ?= $(shell nproc)
PROVE  = tests/run $(BUILD) $(JOBS)
check: run-tests
check-asan:
	$(MAKE) BUILD=build/asan SAN=address,undefined check
run-tests: all $(UNIT) $(REPLAY) $(HELPERS)
	@$(PROVE) $(UNIT) $(REPLAY) $(E2E)
check-long: all $(HELPERS)
	@$(PROVE) $(LONG)

# needs root; one at a time, on a machine that does nothing else
BENCHES = syscalls local burst smtp-in smtp-out qfixq
bench: all $(HELPERS)
	for b in $(BENCHES); do echo "bench/$$b"; bench/$$b || exit 1; done

# ---- fuzzing: tests/fuzz/x_fuzz.c -> build/fuzz/fuzz/x, seeds beside it -------
# Inputs that libFuzzer finds go to build/fuzz/corpus/x, what it crashes on to
# build/fuzz/found-x-*.
FUZZERS := $(patsubst tests/fuzz/%_fuzz.c,$(BUILD)/fuzz/%,$(wildcard tests/fuzz/*_fuzz.c))
FUZZ_CC ?= clang-14
fuzz:
	$(MAKE) BUILD=build/fuzz CC=$(FUZZ_CC) SAN=fuzzer-no-link,address,undefined run-fuzz
run-fuzz: $(FUZZERS)
	@for f in $(notdir $(FUZZERS)); do mkdir -p $(BUILD)/corpus/$$f && \
	  echo "  FUZZ $$f" && $(BUILD)/fuzz/$$f -verbosity=0 -timeout=10 \
	  -artifact_prefix=$(BUILD)/found-$$f- -max_total_time=$(or $(SECONDS),60) \
	  $(BUILD)/corpus/$$f tests/fuzz/corpus/$$f >$(BUILD)/$$f.log 2>&1 || \
	  { tail -n 40 $(BUILD)/$$f.log; exit 1; }; done
$(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%_fuzz.o $(LIBS)
	@mkdir -p $(@D)
	$(call show,LINK,$@)$(LINK) -fsanitize=fuzzer -o $@ $(filter %.o %.a,$^) \
	  $(call pkg,libcdb) -lresolv

# ---- developer targets ------------------------------------------------------
C_FILES := $(wildcard lib/*/*.[ch] lib/*/*/*.[ch] mta/*/*.[ch] tools/*/*.[ch] \
  tests/support/*.[ch] tests/unit/*/*/*.c tests/unit/*/*/*/*.c tests/fuzz/*.c)
# lint.bats holds the quick part, which every check runs too
SHELL_FILES = $(wildcard bootstrap .ci/run) demo/run \
  mta/install.sh $(wildcard mta/boot/*) tests/tap $(wildcard tests/*/*.sh)
# the rest of lint is slow; layers and sizes are part of check
lint-fast:
	@clang-format --dry-run -Werror $(C_FILES)
	@shellcheck $(SHELL_FILES)
lint: all lint-fast compile_commands.json
	BIN=$(CURDIR)/$(BUILD)/bin prove --exec tests/tap tests/lint/lint.bats
	printf '%s\n' $(filter lib/% mta/% tools/%,$(filter %.c,$(C_FILES))) | \
	  xargs -P $(JOBS) -n 8 clang-tidy --quiet -p .
	cppcheck --std=c11 --enable=warning,style,performance,portability \
	  --inline-suppr --suppressions-list=tests/lint/cppcheck.txt -j $(JOBS) \
	  --error-exitcode=1 --quiet -Ilib -I. lib mta $(wildcard tools)
man: all
	@tests/lint/man.py $(BUILD)/bin $(wildcard man/*)
format:
	@clang-format -i $(C_FILES)
# names for tools that need some
SAMPLE_IDS := -DIDS_USER_NAMES=$(subst $(space),$(comma),$(USERS:%=__FILE__)) \
  -DIDS_GROUP_NAMES=$(subst $(space),$(comma),$(GROUPS:%=__FILE__))
compile_commands.json: Makefile $(filter %.c,$(C_FILES))
	@{ sep='['; for f in $(filter %.c,$(C_FILES)); do printf \
	  '%s{"directory":"%s","file":"%s","command":"%s -DSITE_HOME=__FILE__ $(SAMPLE_IDS) -DCONFIG_BREAK=0 -DCONFIG_PATRN=2 -DCONFIG_VERSION=__FILE__ -c %s"}' \
	  "$$sep" '$(CURDIR)' $$f '$(subst ",\",$(filter-out -ftrivial%,$(COMPILE)))' $$f; sep=','; done; echo ']'; } >$@
clean:
	rm -rf build compile_commands.json

-include $(shell test -d $(BUILD) && find $(BUILD) -name '*.d')
