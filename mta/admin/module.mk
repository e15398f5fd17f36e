# SPDX-License-Identifier: ISC
$(call program,qmail-qread,mta/admin/qmail-qread.c)
$(call program,qmail-qstat,mta/admin/qmail-qstat.c)
$(call program,qmail-showctl,mta/admin/qmail-showctl.c)
$(call program,qmail-tcpto,mta/admin/qmail-tcpto.c)
$(call program,qmail-tcpok,mta/admin/qmail-tcpok.c)
