# SPDX-License-Identifier: ISC
$(call program,qfixq,tools/qfixq/qfixq.c,$(call pkg,libpcre2-8))
