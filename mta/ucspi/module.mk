# SPDX-License-Identifier: ISC
$(call program,tcp-env,mta/ucspi/tcp-env.c,$(call pkg,libcdb) -lresolv)
