$(call program,qmail-getpw,mta/users/qmail-getpw.c,$(call pkg,libcdb))
$(call program,qmail-newmrh,mta/users/qmail-newmrh.c,$(call pkg,libcdb))
$(call program,qmail-newu,mta/users/qmail-newu.c,$(call pkg,libcdb))
$(call program,qmail-pw2u,mta/users/qmail-pw2u.c,$(call pkg,libcdb))
