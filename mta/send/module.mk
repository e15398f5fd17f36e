$(call program,qmail-todo,mta/send/qmail-todo.c)
