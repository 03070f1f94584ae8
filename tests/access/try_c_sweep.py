import time

from tests.access import sweep


def test_out(app, superuser):
    t=time.process_time()
    w=sweep.build(app, superuser)
    out=open('/tmp/team/surprises.txt','w'); print('build', time.process_time()-t, file=out, flush=True)
    per={}
    for r in sweep.routes(app)[0]:
        t0=time.process_time()
        for s in sweep.surprises(w, r): print(s, file=out, flush=True)
        per[str(r)]=time.process_time()-t0
    print('total', time.process_time()-t, sorted(per.items(), key=lambda x:-x[1])[:12], file=out, flush=True)
